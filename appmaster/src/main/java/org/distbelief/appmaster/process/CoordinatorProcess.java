package org.distbelief.appmaster.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.appmaster.hdfs.DataSplits;
import org.distbelief.appmaster.sandblaster.BatchPortion;
import org.distbelief.appmaster.sandblaster.BoardRules;
import org.distbelief.appmaster.sandblaster.CoordinatorLoop;
import org.distbelief.appmaster.sandblaster.Evaluations;
import org.distbelief.appmaster.sandblaster.MasterTalk;
import org.distbelief.appmaster.sandblaster.Sample;
import org.distbelief.appmaster.status.SnapshotJson;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.container.wire.CoordinatorProcessor;
import org.distbelief.container.wire.ThriftMaster;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.membership.CoordinatorAddress;
import org.distbelief.paramserver.membership.Leadership;
import org.distbelief.paramserver.membership.MasterAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.process.JobKeys;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of a coordinator of Sandblaster. Reads {@code job.yaml} and {@value ShardPlan#FILE} in its working
 * directory; takes part in the election in ZooKeeper, and leads when it is elected and the master gives it a term. It
 * never sees a vector. A reason to end stands in the last line on the standard error stream; see {@link ProcessExit}.
 */
public final class CoordinatorProcess {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorProcess.class);
    private static final String JOB_FILE = "job.yaml";
    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(30);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration FIND_MASTER = Duration.ofSeconds(2);
    private static final Duration MASTER_ANSWER = Duration.ofSeconds(10);
    private static final int OTHER_CONNECTIONS = 64;
    /** A replica reports on one connection and beats on another; a lost one may linger. */
    private static final int CONNECTIONS_PER_REPLICA = 4;

    private final CoordinatorArguments arguments;
    private final Path workingDirectory;
    private final Configuration configuration;
    private final JobKeys keys;
    private final AtomicReference<String> lostSession = new AtomicReference<>("");

    CoordinatorProcess(
            CoordinatorArguments arguments, Path workingDirectory, Configuration configuration, JobKeys keys) {
        this.arguments = arguments;
        this.workingDirectory = workingDirectory;
        this.configuration = configuration;
        this.keys = keys;
    }

    /** Runs a coordinator and ends the process. */
    public static void main(String[] args) {
        ProcessExit status = ProcessExit.DONE;
        try {
            new CoordinatorProcess(
                            CoordinatorArguments.parse(args), Path.of(""), new Configuration(), JobKeys.ofThisProcess())
                    .run();
        } catch (Exception | Error e) {
            LOG.error("The coordinator cannot go on", e);
            System.err.println("coordinator: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            status = status(e);
        }
        System.exit(status.code());
    }

    private static ProcessExit status(Throwable e) {
        if (e instanceof JobFileException) {
            return ProcessExit.USER_ERROR;
        }
        if (e instanceof LostMasterException) {
            return ProcessExit.LOST_MASTER;
        }
        if (e instanceof ShardException shard && shard.kind() == ShardException.Kind.NOT_FINITE) {
            return ProcessExit.DIVERGED;
        }
        return e instanceof IOException ? ProcessExit.TRANSIENT : ProcessExit.INTERNAL;
    }

    /** Stands by and leads until the master says that the job is done, or throws the reason why not. */
    void run() throws Exception {
        JobConfig job = JobFile.read(JOB_FILE, Files.readString(workingDirectory.resolve(JOB_FILE)), List.of())
                .config();
        ShardPlan plan = ShardPlan.fromJson(ShardPlan.FILE, Files.readString(workingDirectory.resolve(ShardPlan.FILE)));
        WireSecurity security = keys.wire(job.security().encrypt());
        List<BatchPortion> portions = new DataSplits(configuration, arguments.data())
                .portions(job.data().split()).stream()
                        .filter(p -> p.examples() > 0)
                        .map(p -> new BatchPortion(p.id(), p.examples(), p.hosts()))
                        .toList();
        Evaluations evaluations = new Evaluations(
                BoardRules.of(job.sandblaster()), () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        Thread main = Thread.currentThread();
        try (Registry registry =
                        Registry.connect(arguments.zookeeper(), arguments.znode(), keys.secret(), SESSION, ZOOKEEPER);
                ThriftServer server = server(job, evaluations, security)) {
            registry.onSessionLost(() -> {
                lostSession.set(": its ZooKeeper session at " + arguments.zookeeper() + " was lost");
                main.interrupt();
            });
            server.start();
            try (Leadership election = registry.election()) {
                run(
                        job,
                        plan,
                        new Sample(portions, job.sandblaster().batch(), job.seed()),
                        registry,
                        security,
                        election,
                        evaluations,
                        server);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted" + lostSession.get(), e);
        }
        LOG.info("Coordinator {}: the job is done", arguments.coordinator());
    }

    private void run(
            JobConfig job,
            ShardPlan plan,
            Sample batches,
            Registry registry,
            WireSecurity security,
            Leadership election,
            Evaluations evaluations,
            ThriftServer server)
            throws Exception {
        Duration bound = job.cluster().silenceTimeout().plus(job.cluster().allocationTimeout());
        WireLimits limits = WireLimits.standard();
        SnapshotJson json = new SnapshotJson();
        try (MasterTalk master = new MasterTalk(
                new ThriftMaster(
                        () -> {
                            MasterAddress address = registry.findMaster(FIND_MASTER);
                            return InetSocketAddress.createUnresolved(address.host(), address.port());
                        },
                        CONNECT,
                        limits.withTimeouts(limits.idle(), MASTER_ANSWER),
                        security),
                arguments.coordinator(),
                arguments.start(),
                election::elected,
                () -> json.write(evaluations.figures()),
                reply -> evaluations.replicas(reply.replicas()),
                job.cluster().silenceTimeout(),
                System::nanoTime)) {
            master.start();
            new CoordinatorLoop(
                            job.sandblaster(),
                            batches,
                            job.seed(),
                            arguments.znode(),
                            term -> new WireAlgebra(new ShardedAlgebra(
                                    plan.shards(),
                                    registry.directory(),
                                    ThriftShardClient.connector(limits, security),
                                    bound,
                                    term)),
                            evaluations,
                            master,
                            term -> registry.register(new CoordinatorAddress(
                                    arguments.bind(), server.address().getPort(), term)),
                            bound,
                            System::nanoTime)
                    .run();
        }
    }

    private ThriftServer server(JobConfig job, Evaluations evaluations, WireSecurity security) throws IOException {
        return new ThriftServer(
                "coordinator",
                InetAddress.getByName(arguments.bind()),
                0,
                new CoordinatorProcessor(evaluations).methods(),
                WireLimits.standard()
                        .withConnections(OTHER_CONNECTIONS
                                + CONNECTIONS_PER_REPLICA * job.replicas().count()),
                security);
    }
}
