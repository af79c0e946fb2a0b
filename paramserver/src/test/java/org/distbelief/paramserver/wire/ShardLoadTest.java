package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a shard tells of its work. */
@Timeout(60)
class ShardLoadTest {
    private static final RangeSet HELD = RangeSet.of(0, 1000);

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final ParameterShard shard = new ParameterShard(0, 1, HELD, new Sgd(1), Duration.ofSeconds(5));
    private final ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(1000);
    private ThriftServer server;
    private ShardClient client;

    @BeforeEach
    void start() throws IOException {
        ShardService service = new ShardService(shard, (s, directory, vectors) -> {
            throw new IOException("not here");
        });
        server = new ThriftServer(
                "test",
                loopback,
                0,
                service.methods(),
                WireLimits.standard(),
                WireSecurity.none(),
                service.connections());
        server.start();
        client = new ThriftShardClient(
                new ShardAddress(0, loopback.getHostAddress(), server.address().getPort(), 1),
                WireLimits.standard(),
                WireSecurity.none());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private ShardLoad load() throws Exception {
        return client.status().load();
    }

    @Test
    void requestsAreTimedByTheirMethod() throws Exception {
        assertThat(load().latencies()).as("the first status is still under way").isEmpty();
        for (int i = 1; i <= 5; i++) {
            client.push(new PushHeader(1, new PushId(0, 0, 1, i), HELD, i - 1), buffer);
        }
        for (int i = 0; i < 3; i++) {
            client.fetch(VectorName.PARAMETERS, HELD, buffer);
        }
        ShardLoad load = load();
        assertThat(load.latencies()).containsOnlyKeys("push", "fetch", "status", ShardLoad.LOCK_WAIT);
        assertThat(load.latency("push").count()).isEqualTo(5);
        assertThat(load.latency("fetch").count()).isEqualTo(3);
        assertThat(load.latency("status").count()).isEqualTo(1);
        assertThat(load.latency("save")).isEqualTo(Latency.NONE);
        Latency push = load.latency("push");
        assertThat(push.p50()).isLessThanOrEqualTo(push.p90());
        assertThat(push.p99()).isBetween(push.p90(), push.max());
        assertThat(push.max()).isPositive();
        assertThat(load.latency(ShardLoad.LOCK_WAIT).count()).isEqualTo(5);
        assertThat(load.latency(ShardLoad.LOCK_WAIT).max()).isLessThanOrEqualTo(push.max());
        assertThat(load.heapBytes()).isPositive();
        assertThat(load.directBytes()).isGreaterThanOrEqualTo(HELD.size() * Float.BYTES);
        assertThat(load().upMillis()).isGreaterThanOrEqualTo(load.upMillis());
    }

    @Test
    void aPushThatIsStillArrivingIsBeingWorkedOnAndNotTimed() throws Exception {
        assertThat(load().connections()).isEqualTo(1);
        assertThat(load().working()).as("the status itself").isEqualTo(1);
        try (Socket socket = new Socket(loopback, server.address().getPort())) {
            socket.getOutputStream().write(new byte[] {(byte) 0x80, 1, 0, 1, 0, 0, 0, 4, 'p', 'u', 's', 'h'});
            while (load().working() != 2) {
                Thread.onSpinWait();
            }
            assertThat(load().connections()).isEqualTo(2);
        }
        while (load().working() != 1 || load().connections() != 1) {
            Thread.onSpinWait();
        }
        assertThat(load().latency("push")).isEqualTo(Latency.NONE);
    }

    @Test
    void aRefusedPushIsTimedLikeAnother() throws Exception {
        PushHeader gap = new PushHeader(2, new PushId(0, 0, 1, 1), HELD, 0);
        assertThatThrownBy(() -> client.push(gap, buffer)).isInstanceOf(ShardException.class);
        assertThat(load().latency("push").count()).isEqualTo(1);
    }
}
