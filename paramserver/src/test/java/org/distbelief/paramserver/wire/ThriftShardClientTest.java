package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardClientContract;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardSaver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThriftShardClientTest extends ShardClientContract {
    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final List<ThriftServer> servers = new ArrayList<>();

    @Override
    protected ShardClient connect(ParameterShard target, ShardSaver saver, long generation) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ThriftServer server = new ThriftServer(
                "test", loopback, 0, new ShardService(target, saver).methods(), WireLimits.standard(), security());
        servers.add(server);
        server.start();
        return new ThriftShardClient(
                new ShardAddress(
                        target.index(),
                        loopback.getHostAddress(),
                        server.address().getPort(),
                        generation),
                WireLimits.standard(),
                security());
    }

    /** Subclasses try the same with another one. */
    protected WireSecurity security() {
        return WireSecurity.of(secret);
    }

    @Test
    void aClientCountsTheBytesOfItsConnections() throws Exception {
        RangeSet held = RangeSet.of(0, 10_000);
        ParameterShard shard = new ParameterShard(0, 1, held, new Sgd(1), Duration.ofSeconds(5));
        ShardSaver none = (s, directory, vectors) -> {
            throw new IOException("not here");
        };
        try (ShardClient client = connect(shard, none, 1)) {
            assertThat(client.traffic()).isEqualTo(Traffic.NONE);
            client.fetch(VectorName.PARAMETERS, held, new ContiguousParameterBuffer(10_000));
            Traffic fetched = client.traffic();
            assertThat(fetched.received()).isBetween(40_000L, 42_000L);
            assertThat(fetched.sent()).isBetween(50L, 500L);
            ShardProgram dots = ShardProgram.begin()
                    .dot(VectorName.PARAMETERS, VectorName.PARAMETERS)
                    .norm(VectorName.PARAMETERS)
                    .end();
            client.run(10_000, new NumberedProgram(1, 1, dots));
            Traffic run = client.traffic().minus(fetched);
            assertThat(run.received()).as("two doubles").isBetween(16L, 300L);
            assertThat(run.sent()).as("three names").isBetween(30L, 500L);
        }
    }

    @AfterEach
    void closeServers() {
        servers.forEach(ThriftServer::close);
    }
}
