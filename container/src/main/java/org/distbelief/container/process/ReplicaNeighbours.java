package org.distbelief.container.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.CRC32;
import org.distbelief.conf.JobConfig;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.NoNeighbours;
import org.distbelief.container.exchange.ReplicaIdentity;
import org.distbelief.container.exchange.SocketNeighbours;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.membership.PartitionAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.security.WireSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the partitions of a replica together: each makes its port known in ZooKeeper and looks there for the others.
 */
final class ReplicaNeighbours {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaNeighbours.class);
    /** From its container to its port: files, the JVM. */
    private static final Duration START = Duration.ofMinutes(5);
    /** A neighbour may wait for a shard for as long as {@link #shardBound}. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final ReplicaArguments arguments;
    private final Registry registry;
    private final WireSecurity security;
    private final Optional<String> host;

    /**
     * @param security what the partitions must prove to each other
     * @param host name of this node, where the others can reach it; needed only where there are others
     */
    ReplicaNeighbours(ReplicaArguments arguments, Registry registry, WireSecurity security, Optional<String> host) {
        this.arguments = arguments;
        this.registry = registry;
        this.security = security;
        this.host = host;
    }

    /** How long a shard may be gone before a replica gives up: its silence is noticed, another container is had. */
    static Duration shardBound(JobConfig job) {
        return job.cluster().silenceTimeout().plus(job.cluster().allocationTimeout());
    }

    /**
     * Waits until all partitions are connected.
     *
     * @throws IOException where one does not appear in time; says which
     */
    Neighbours connect(ModelDescription description) throws IOException, InterruptedException, UnusableException {
        JobConfig job = description.jobFile().config();
        int partitions = job.replicas().partitions();
        if (partitions == 1) {
            return NoNeighbours.ALONE;
        }
        String node = host.orElseThrow(() -> new UnusableException(
                "expected the name of this node in the environment variable NM_HOST, which YARN sets, found none",
                null));
        CRC32 plan = new CRC32();
        plan.update(description.toJson().getBytes(StandardCharsets.UTF_8));
        ReplicaIdentity identity =
                new ReplicaIdentity(arguments.replica(), arguments.incarnation(), partitions, plan.getValue());
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(InetAddress.getByName(node))) {
            registry.register(new PartitionAddress(
                    arguments.replica(), arguments.incarnation(), arguments.partition(), node, port.number()));
            Neighbours neighbours = SocketNeighbours.connect(
                    identity,
                    arguments.partition(),
                    port,
                    (partition, bound) -> {
                        PartitionAddress found =
                                registry.findPartition(arguments.replica(), arguments.incarnation(), partition, bound);
                        return InetSocketAddress.createUnresolved(found.host(), found.port());
                    },
                    security,
                    job.cluster().allocationTimeout().plus(START),
                    job.cluster().silenceTimeout(),
                    shardBound(job).plus(MARGIN));
            LOG.info("Connected with the other {} partitions of replica {}", partitions - 1, arguments.replica());
            return neighbours;
        }
    }
}
