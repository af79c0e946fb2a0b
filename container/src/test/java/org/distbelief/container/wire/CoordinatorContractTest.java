package org.distbelief.container.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.NotLeadingException;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The coordinator over the wire is the coordinator: the same words both ways, and failures that can be told apart. */
@Timeout(60)
class CoordinatorContractTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final WorkReply NOTHING =
            new WorkReply(Optional.empty(), false, false, Optional.empty(), Optional.empty(), List.of());
    private static final Beat BEAT = new Beat(3, 7, Optional.empty(), Optional.empty());

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    /** Answers reports and signs of life with what it has. */
    private record Fixed(AtomicReference<Object> got, WorkReply reply, boolean wanted) implements CoordinatorHandler {
        @Override
        public WorkReply report(WorkReport report) {
            got.set(report);
            return reply;
        }

        @Override
        public boolean beat(Beat beat) {
            got.set(beat);
            return wanted;
        }
    }

    private static ThriftServer serve(CoordinatorHandler handler) throws IOException {
        ThriftServer server = new ThriftServer(
                "coordinator",
                InetAddress.getLoopbackAddress(),
                0,
                new CoordinatorProcessor(handler).methods(),
                WireLimits.standard(),
                WireSecurity.none());
        server.start();
        return server;
    }

    private static Coordinator connect(AtomicReference<InetSocketAddress> address) {
        return new ThriftCoordinator(
                () -> {
                    InetSocketAddress now = Objects.requireNonNull(address.get());
                    return InetSocketAddress.createUnresolved(now.getHostString(), now.getPort());
                },
                PATIENCE,
                WireLimits.standard().withTimeouts(PATIENCE, PATIENCE),
                WireSecurity.none());
    }

    private static Coordinator connect(ThriftServer server) {
        return connect(new AtomicReference<>(server.address()));
    }

    private static WorkReport report(long sequence) {
        return new WorkReport(
                3,
                7,
                sequence,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false,
                true);
    }

    private static <T> Optional<T> maybe(Random random, Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private static int portion(Random random) {
        return random.nextInt(Integer.MAX_VALUE);
    }

    private static List<Integer> portions(Random random) {
        return random.ints(random.nextInt(20), 0, Integer.MAX_VALUE).boxed().toList();
    }

    private static BatchId id(Random random) {
        return new BatchId(random.nextLong(), random.nextLong());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsSaidArrivesAsItWas(long seed) throws Exception {
        Random random = new Random(seed);
        AtomicReference<Object> got = new AtomicReference<>("");
        double[] losses = {1.5, Double.NaN, Double.POSITIVE_INFINITY, -0.0};
        WorkReport report = new WorkReport(
                portion(random),
                random.nextLong() >>> 1,
                random.nextLong(),
                maybe(random, () -> id(random)),
                maybe(random, () -> new Done(portion(random), losses[random.nextInt(4)], random.nextLong() >>> 1)),
                maybe(random, () -> portion(random)),
                portions(random),
                maybe(random, random::nextLong),
                random.nextBoolean(),
                random.nextBoolean());
        WorkReply reply = new WorkReply(
                maybe(random, () -> new BatchOrder(id(random), new VectorName("trial"), random.nextLong())),
                random.nextBoolean(),
                random.nextBoolean(),
                maybe(random, () -> new PushOrder(random.nextLong(), new VectorName("push-3-" + random.nextInt(99)))),
                maybe(random, () -> portion(random)),
                portions(random));
        Beat beat = new Beat(
                portion(random),
                random.nextLong() >>> 1,
                maybe(random, () -> id(random)),
                maybe(random, () -> portion(random)));
        boolean wanted = random.nextBoolean();
        try (ThriftServer server = serve(new Fixed(got, reply, wanted));
                Coordinator coordinator = connect(server)) {
            for (int i = 0; i < 3; i++) {
                assertThat(coordinator.report(report)).isEqualTo(reply);
                assertThat(got.get()).isEqualTo(report);
                assertThat(coordinator.beat(beat)).isEqualTo(wanted);
                assertThat(got.get()).isEqualTo(beat);
            }
        }
    }

    @Test
    void aSignOfLifeDoesNotWaitForAReport() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch beaten = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CoordinatorHandler slow = new CoordinatorHandler() {
            @Override
            public WorkReply report(WorkReport report) throws InterruptedException {
                waits.countDown();
                beaten.await();
                return NOTHING;
            }

            @Override
            public boolean beat(Beat beat) {
                return true;
            }
        };
        try (ThriftServer server = serve(slow);
                Coordinator coordinator = connect(server)) {
            Future<WorkReply> reply = threads.submit(() -> coordinator.report(report(1)));
            assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(coordinator.beat(BEAT)).isTrue();
            beaten.countDown();
            assertThat(reply.get(20, TimeUnit.SECONDS)).isEqualTo(NOTHING);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aReplicaThatWasReplacedIsToldApartFromACoordinatorThatDoesNotLead() throws Exception {
        CoordinatorHandler refusing = new CoordinatorHandler() {
            @Override
            public WorkReply report(WorkReport report) throws CoordinatorRefusedException, NotLeadingException {
                if (report.sequence() == 1) {
                    throw new CoordinatorRefusedException("replica 3 was replaced");
                }
                throw new NotLeadingException("term 4 has begun");
            }

            @Override
            public boolean beat(Beat beat) throws CoordinatorRefusedException, NotLeadingException {
                if (beat.batch().isEmpty()) {
                    throw new CoordinatorRefusedException("replica 3 was replaced");
                }
                throw new NotLeadingException("term 4 has begun");
            }
        };
        try (ThriftServer server = serve(refusing);
                Coordinator coordinator = connect(server)) {
            assertThatThrownBy(() -> coordinator.report(report(1)))
                    .isInstanceOf(CoordinatorRefusedException.class)
                    .hasMessageContaining("replica 3 was replaced");
            assertThatThrownBy(() -> coordinator.report(report(2)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no coordinator leads: term 4 has begun");
            assertThatThrownBy(() -> coordinator.beat(BEAT))
                    .isInstanceOf(CoordinatorRefusedException.class)
                    .hasMessageContaining("replica 3 was replaced");
            assertThatThrownBy(() -> coordinator.beat(new Beat(3, 7, Optional.of(new BatchId(1, 2)), Optional.of(4))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("term 4 has begun");
        }
    }

    @Test
    void anotherCoordinatorIsFoundElsewhere() throws Exception {
        AtomicReference<Object> got = new AtomicReference<>("");
        AtomicReference<InetSocketAddress> where = new AtomicReference<>(new InetSocketAddress(1));
        try (Coordinator coordinator = connect(where)) {
            try (ThriftServer first = serve(new Fixed(got, NOTHING, false))) {
                where.set(first.address());
                assertThat(coordinator.report(report(1))).isEqualTo(NOTHING);
                assertThat(coordinator.beat(BEAT)).isFalse();
            }
            assertThatThrownBy(() -> coordinator.report(report(2)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the coordinator gave no reply");
            assertThatThrownBy(() -> coordinator.beat(BEAT)).isInstanceOf(IOException.class);
            try (ThriftServer second = serve(new Fixed(got, NOTHING, true))) {
                where.set(second.address());
                assertThat(coordinator.report(report(2))).isEqualTo(NOTHING);
                assertThat(coordinator.beat(BEAT)).isTrue();
            }
        }
    }
}
