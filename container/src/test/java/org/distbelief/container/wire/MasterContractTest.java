package org.distbelief.container.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Master;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The master over the wire is the master: the same words both ways, and failures that can be told apart. */
@Timeout(60)
class MasterContractTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration IMPATIENCE = Duration.ofMillis(200);
    private static final Reply NOTHING = new Reply(Phase.TRAIN, List.of(), 1000, false);

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    private static ThriftServer serve(MasterHandler handler) throws Exception {
        ThriftServer server = new ThriftServer(
                "master",
                InetAddress.getLoopbackAddress(),
                0,
                new MasterProcessor(handler).methods(),
                WireLimits.standard(),
                WireSecurity.none());
        server.start();
        return server;
    }

    private static Master connect(AtomicReference<InetSocketAddress> address, Duration silence) {
        return new ThriftMaster(
                () -> {
                    InetSocketAddress now = Objects.requireNonNull(address.get());
                    return InetSocketAddress.createUnresolved(now.getHostString(), now.getPort());
                },
                PATIENCE,
                WireLimits.standard().withTimeouts(PATIENCE, silence),
                WireSecurity.none());
    }

    private static Master connect(ThriftServer server) {
        return connect(new AtomicReference<>(server.address()), PATIENCE);
    }

    private static Report report(long sequence) {
        return new Report(3, 7, sequence, 2, List.of(), List.of(), List.of(), Progress.none());
    }

    private static Report randomReport(Random random) {
        List<Long> held = random.longs(random.nextInt(20)).boxed().toList();
        List<Completed> completed = new ArrayList<>();
        List<Scored> scored = new ArrayList<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            completed.add(new Completed(random.nextLong(), random.nextLong()));
            scored.add(new Scored(
                    random.nextLong(),
                    random.nextGaussian(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong()));
        }
        Progress progress = new Progress(
                random.nextLong(),
                random.nextLong(),
                random.nextBoolean() ? Double.NaN : random.nextGaussian(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextGaussian(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong());
        return new Report(
                random.nextInt(Integer.MAX_VALUE),
                random.nextLong() >>> 1,
                random.nextLong(),
                random.nextInt(100),
                held,
                completed,
                scored,
                progress);
    }

    private static Reply randomReply(Random random) {
        List<Lease> leases = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            leases.add(new Lease(random.nextLong(), random.nextInt(), random.nextInt(), any(random, Kind.values())));
        }
        Phase phase = any(random, Phase.values());
        return new Reply(phase, leases, 1 + random.nextInt(100_000), random.nextBoolean());
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsSaidArrivesUnchangedBothWays(long seed) throws Exception {
        Random random = new Random(seed);
        AtomicReference<Report> heard = new AtomicReference<>();
        AtomicReference<Reply> answer = new AtomicReference<>();
        MasterHandler handler = report -> {
            heard.set(report);
            return Objects.requireNonNull(answer.get());
        };
        try (ThriftServer server = serve(handler);
                Master master = connect(server)) {
            for (int i = 0; i < 5; i++) {
                Report said = randomReport(random);
                answer.set(randomReply(random));
                assertThat(master.exchange(said)).as("seed %s", seed).isEqualTo(handler.exchange(said));
                assertThat(heard.get()).as("seed %s", seed).isEqualTo(said);
                assertThat(server.connections()).as("one connection for all").isEqualTo(1);
            }
        }
    }

    @Test
    void everyPhaseAndKindHasAWordOnTheWire() throws Exception {
        List<Lease> leases = Arrays.stream(Kind.values())
                .map(kind -> new Lease(1, 0, 0, kind))
                .toList();
        AtomicReference<Phase> phase = new AtomicReference<>();
        try (ThriftServer server = serve(report -> new Reply(Objects.requireNonNull(phase.get()), leases, 1, true));
                Master master = connect(server)) {
            for (Phase each : Phase.values()) {
                phase.set(each);
                assertThat(master.exchange(report(1))).isEqualTo(new Reply(each, leases, 1, true));
            }
        }
    }

    @Test
    void aReplicaThatWasReplacedIsToldApartFromAMasterThatIsNotThere() throws Exception {
        try (ThriftServer server = serve(report -> {
                    throw MasterException.refused("replica 3 has a later incarnation, 8", new Throwable());
                });
                Master master = connect(server)) {
            for (int i = 0; i < 2; i++) {
                MasterException refused = refusal(master);
                assertThat(refused.refused()).isTrue();
                assertThat(refused).hasMessageContaining("replica 3 has a later incarnation, 8");
            }
            assertThat(server.connections()).as("the connection stays").isEqualTo(1);
        }
    }

    @Test
    void afterALostReplyTheSameReportCanBeSentAgain() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        List<Long> heard = new ArrayList<>();
        try (ThriftServer server = serve(report -> {
                    synchronized (heard) {
                        heard.add(report.sequence());
                    }
                    if (report.sequence() == 1 && slow.getCount() > 0) {
                        await(slow);
                    }
                    return NOTHING;
                });
                Master master = connect(new AtomicReference<>(server.address()), IMPATIENCE)) {
            MasterException lost = refusal(master);
            assertThat(lost.refused()).isFalse();
            assertThat(lost)
                    .hasMessageContaining(String.valueOf(server.address().getPort()));
            slow.countDown();
            assertThat(master.exchange(report(1))).isEqualTo(NOTHING);
            assertThat(master.exchange(report(2))).isEqualTo(NOTHING);
            synchronized (heard) {
                assertThat(heard).containsExactly(1L, 1L, 2L);
            }
        }
    }

    @Test
    void aHandlerThatFailsCostsTheConnectionAndNotTheReplica() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (ThriftServer server = serve(report -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("bug");
                    }
                    return NOTHING;
                });
                Master master = connect(server)) {
            assertThat(refusal(master).refused()).isFalse();
            assertThat(master.exchange(report(1))).isEqualTo(NOTHING);
        }
    }

    @Test
    void aMasterThatComesBackElsewhereIsFound() throws Exception {
        AtomicReference<InetSocketAddress> address = new AtomicReference<>();
        try (ThriftServer first = serve(report -> NOTHING);
                ThriftServer second = serve(report -> new Reply(Phase.FINISH, List.of(), 1, true))) {
            address.set(first.address());
            try (Master master = connect(address, PATIENCE)) {
                assertThat(master.exchange(report(1)).phase()).isEqualTo(Phase.TRAIN);
                end(first);
                assertThat(refusal(master).refused()).as("broken connection").isFalse();
                assertThat(refusal(master).refused()).as("nobody listens").isFalse();
                address.set(second.address());
                assertThat(master.exchange(report(1)).phase()).isEqualTo(Phase.FINISH);
            }
        }
    }

    @Test
    void closingEndsACallUnderWay() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (ThriftServer server = serve(report -> {
                    called.countDown();
                    await(never);
                    return NOTHING;
                });
                Master master = connect(server)) {
            AtomicReference<MasterException> thrown = new AtomicReference<>();
            Thread caller = new Thread(() -> thrown.set(refusal(master)), "caller");
            caller.start();
            assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();
            end(master);
            caller.join(PATIENCE.toMillis());
            assertThat(caller.isAlive()).isFalse();
            assertThat(Objects.requireNonNull(thrown.get()).refused()).isFalse();
            assertThatThrownBy(() -> master.exchange(report(2))).isInstanceOf(MasterException.class);
        }
    }

    private static MasterException refusal(Master master) {
        return catchThrowableOfType(MasterException.class, () -> master.exchange(report(1)));
    }

    private static void end(AutoCloseable resource) throws Exception {
        resource.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
