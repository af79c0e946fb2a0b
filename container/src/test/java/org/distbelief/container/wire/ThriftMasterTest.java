package org.distbelief.container.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.MasterHandler;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThriftMasterTest {
    private static final WireLimits LIMITS =
            WireLimits.standard().withTimeouts(Duration.ofMinutes(1), Duration.ofSeconds(2));
    private static final Report REPORT = new Report(
            3,
            1L << 40,
            17,
            2,
            List.of(5L, 6L),
            List.of(new Completed(7, 1000)),
            List.of(new Scored(8, 12.5, 100, 60, 4, 3)),
            new Progress(1, 2, 3.5, 4, 5, 6, 7.5, 8, 9, 10, 11, 12, 13, 14));
    private static final Reply REPLY = new Reply(
            Phase.EVALUATE, List.of(new Lease(9, 2, 33, Kind.EVALUATE), new Lease(10, 2, 34, Kind.TRAIN)), 700, true);

    private static ThriftServer serve(MasterHandler handler) throws IOException {
        ThriftServer server = new ThriftServer(
                "master",
                InetAddress.getLoopbackAddress(),
                0,
                new MasterProcessor(handler).methods(),
                LIMITS,
                WireSecurity.none());
        server.start();
        return server;
    }

    private static ThriftMaster connect(ServerDirectory directory) {
        return new ThriftMaster(directory, Duration.ofSeconds(2), LIMITS, WireSecurity.none());
    }

    private static InetSocketAddress address(ThriftServer server) {
        return InetSocketAddress.createUnresolved("127.0.0.1", server.address().getPort());
    }

    @Test
    void reportAndReplyArriveAsTheyWere() throws Exception {
        AtomicReference<Report> got = new AtomicReference<>(REPORT);
        try (ThriftServer server = serve(report -> {
                    got.set(report);
                    return REPLY;
                });
                ThriftMaster master = connect(() -> address(server))) {
            assertThat(master.exchange(REPORT)).isEqualTo(REPLY);
            assertThat(got.get()).isEqualTo(REPORT);
            assertThat(master.exchange(REPORT)).isEqualTo(REPLY);
        }
    }

    @Test
    void aRefusalIsToldApartFromSilence() throws Exception {
        try (ThriftServer server = serve(report -> {
                    throw MasterException.refused("replica 3 was replaced", new IllegalStateException());
                });
                ThriftMaster master = connect(() -> address(server))) {
            assertThatThrownBy(() -> master.exchange(REPORT))
                    .isInstanceOfSatisfying(
                            MasterException.class, e -> assertThat(e.refused()).isTrue())
                    .hasMessageContaining("replica 3 was replaced");
        }
    }

    @Test
    void aMasterThatComesBackElsewhereIsFoundAgain() throws Exception {
        AtomicReference<@Nullable InetSocketAddress> where = new AtomicReference<>();
        try (ThriftMaster master = connect(() -> Objects.requireNonNull(where.get()))) {
            try (ThriftServer first = serve(report -> REPLY)) {
                where.set(address(first));
                assertThat(master.exchange(REPORT)).isEqualTo(REPLY);
            }
            assertThatThrownBy(() -> master.exchange(REPORT))
                    .isInstanceOfSatisfying(
                            MasterException.class, e -> assertThat(e.refused()).isFalse())
                    .hasMessageContaining("gave no reply");
            try (ThriftServer second = serve(report -> REPLY)) {
                where.set(address(second));
                assertThat(master.exchange(REPORT)).isEqualTo(REPLY);
            }
        }
    }

    @Test
    void aMasterThatCannotBeFoundIsUnreachable() {
        try (ThriftMaster master = connect(() -> {
            throw new IOException("no ApplicationMaster is registered");
        })) {
            assertThatThrownBy(() -> master.exchange(REPORT))
                    .isInstanceOf(MasterException.class)
                    .hasMessageContaining("no ApplicationMaster is registered");
        }
    }
}
