package org.distbelief.paramserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ShardedParametersTest {
    private static final int SIZE = 9000;
    private static final ShardMap MAP = new ShardMap(List.of(
            RangeSet.of(List.of(new Range(0, 3000), new Range(8000, 9000))),
            RangeSet.of(3000, 7000),
            RangeSet.of(7000, 8000)));
    private static final RangeSet ALL = RangeSet.of(0, SIZE);
    private static final PushSource SOURCE = new PushSource(0, 0, 1);

    private final BreakingCluster cluster = new BreakingCluster(MAP);

    @Test
    void fetchesAndPushesGoToTheShardsConcerned() throws Exception {
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(20));
                Pushes pushes = parameters.pushes(SOURCE)) {
            ContiguousParameterBuffer gradient = ones();
            RangeSet some = RangeSet.of(2990, 3010);
            PushOutcome outcome = pushes.push(some, gradient, new long[] {0, 0, -1});
            assertThat(outcome.receipts().keySet()).containsExactlyInAnyOrder(0, 1);

            ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
            assertThat(parameters.fetch(ALL, into)).containsExactly(1, 1, 0);
            for (int i = 0; i < SIZE; i++) {
                assertThat(into.get(i)).as("parameter %d", i).isEqualTo(some.contains(i) ? -1f : 0f);
            }
            assertThat(parameters.fetch(RangeSet.of(7000, 7001), into)).containsExactly(-1, -1, 0);
            assertThat(parameters.fetch(RangeSet.empty(), into)).containsExactly(-1, -1, -1);
        }
    }

    @Test
    void stalenessIsTheGreatestOfTheShards() throws Exception {
        try (ShardedParameters one = parameters(Duration.ofSeconds(20));
                Pushes pushes = one.pushes(SOURCE);
                Pushes others = one.pushes(new PushSource(1, 0, 1))) {
            long[] versions = one.fetch(ALL, new ContiguousParameterBuffer(SIZE));
            others.push(ALL, ones(), versions);
            others.push(RangeSet.of(7000, 7010), ones(), versions);
            assertThat(pushes.push(ALL, ones(), versions).staleness()).isEqualTo(2);
        }
    }

    /** Connections break before and after the shard has done its work; shards come back elsewhere meanwhile. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void everyPushIsAppliedExactlyOnceHoweverConnectionsBreak(long seed) throws Exception {
        cluster.trouble = Optional.of(new Random(seed));
        int pushes = 10;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50))) {
            List<Future<Integer>> replicas = new ArrayList<>();
            for (int replica = 0; replica < 2; replica++) {
                int number = replica;
                replicas.add(threads.submit(() -> {
                    Random random = new Random(seed * 31 + number);
                    ContiguousParameterBuffer gradient = ones();
                    try (Pushes own = parameters.pushes(new PushSource(number, 0, 1))) {
                        for (int i = 1; i <= pushes; i++) {
                            RangeSet ranges = random.nextInt(4) == 0 ? RangeSet.of(3000, 7000) : ALL;
                            Update update = own.begin(ranges, new long[] {0, 0, 0}, Set.of());
                            ranges.cut(900 + random.nextInt(SIZE)).forEach(part -> update.add(part, gradient));
                            update.await();
                            if (random.nextInt(5) == 0) {
                                parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE));
                            }
                        }
                    }
                    return pushes;
                }));
            }
            for (Future<Integer> replica : replicas) {
                assertThat(replica.get(50, TimeUnit.SECONDS)).isEqualTo(pushes);
            }
            cluster.trouble = Optional.empty();
            ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
            parameters.fetch(ALL, into);
            assertThat(into.get(3000))
                    .as("seed %d: shard 1 got every push once", seed)
                    .isEqualTo(-2f * pushes);
            long duplicates = 0;
            for (int shard = 0; shard < 3; shard++) {
                ParameterShard target = cluster.shard(shard);
                assertThat(into.get((int) target.ranges().ranges().get(0).start()))
                        .isEqualTo((float) -target.version());
                assertThat(target.status().pushes().stream()
                                .mapToLong(AppliedPushes::applied)
                                .sum())
                        .isGreaterThanOrEqualTo(target.version());
                duplicates += target.status().counters().duplicates();
            }
            assertThat(duplicates)
                    .as("seed %d broke connections after the work", seed)
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aShardThatIsBackWithAHigherGenerationIsFoundAgain() throws Exception {
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(20));
                Pushes pushes = parameters.pushes(SOURCE)) {
            long[] versions = parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE));
            pushes.push(ALL, ones(), versions);
            cluster.restart(1, List.of());
            PushOutcome outcome = pushes.push(ALL, ones(), versions);
            assertThat(outcome.receipts().get(1)).isEqualTo(new PushReceipt(1, 0, false));
            assertThat(outcome.receipts().get(0)).isEqualTo(new PushReceipt(2, 1, false));
        }
    }

    @Test
    void aShardThatStaysAwayIsNamedWithItsAddressAndTheCause() {
        cluster.unreachable = 1;
        try (ShardedParameters parameters = parameters(Duration.ofMillis(200))) {
            assertThatThrownBy(() -> parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE)))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("shard 1 at host1:7001, generation 1")
                    .hasMessageContaining("PT0.2S")
                    .hasMessageContaining("connection refused")
                    .hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aRefusalForGoodIsNotRetried() {
        ContiguousParameterBuffer poisoned = ones();
        poisoned.set(7500, Float.NaN);
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50));
                Pushes pushes = parameters.pushes(SOURCE)) {
            assertThatThrownBy(() -> pushes.push(ALL, poisoned, new long[3]))
                    .isInstanceOfSatisfying(
                            ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.NOT_FINITE));
            assertThat(cluster.shard(2).status().counters().refused()).isEqualTo(1);
        }
    }

    @Test
    void parametersOutsideTheModelAndWrongVersionsAreRefusedAtOnce() {
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50))) {
            ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(SIZE);
            assertThatThrownBy(() -> parameters.fetch(RangeSet.of(8999, 9001), buffer))
                    .isInstanceOf(IllegalArgumentException.class);
            try (Pushes pushes = parameters.pushes(SOURCE)) {
                assertThatThrownBy(() -> pushes.push(ALL, buffer, new long[2]))
                        .hasMessageContaining("each of the 3 shards, found 2");
                Update update = pushes.begin(RangeSet.of(0, 10), new long[3], Set.of());
                update.add(RangeSet.of(0, 6), buffer);
                assertThatThrownBy(() -> update.add(RangeSet.of(4, 9), buffer)).hasMessageContaining("each once");
                assertThatThrownBy(update::await).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        cluster.unreachable = 0;
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50))) {
            Thread caller = new Thread(() -> {
                try {
                    parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE));
                } catch (Exception e) {
                    outcome.set(e);
                }
            });
            caller.start();
            assertThat(cluster.refusedOnce.await(20, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            caller.join(20_000);
            assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void closingEndsACallAndAllClients() throws Exception {
        cluster.unreachable = 2;
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        ShardedParameters parameters = parameters(Duration.ofSeconds(50));
        Thread caller = new Thread(() -> {
            try {
                parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE));
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        caller.start();
        assertThat(cluster.refusedOnce.await(20, TimeUnit.SECONDS)).isTrue();
        parameters.close();
        caller.join(20_000);
        assertThat(outcome.get()).isInstanceOfAny(IOException.class, InterruptedException.class);
        assertThatThrownBy(() -> parameters.fetch(ALL, new ContiguousParameterBuffer(SIZE)))
                .isInstanceOf(IOException.class);
        assertThat(cluster.open).isEmpty();
    }

    /** What is sent again after a loss is what was sent before, and what one push loses comes with the next. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void encodedGradientsAddUpHoweverConnectionsBreak(Encoding encoding) throws Exception {
        cluster.trouble = Optional.of(new Random(3));
        int count = 12;
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            gradient.set(i, 1 + i * 1e-5f);
        }
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50));
                Pushes pushes = parameters.encodedPushes(SOURCE, encoding, new ContiguousParameterBuffer(SIZE))) {
            for (int push = 0; push < count; push++) {
                Update update = pushes.begin(ALL, new long[3], Set.of());
                ALL.cut(2500).forEach(part -> update.add(part, gradient));
                update.await();
            }
            cluster.trouble = Optional.empty();
            ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
            parameters.fetch(ALL, into);
            for (int i = 0; i < SIZE; i++) {
                assertThat((double) into.get(i))
                        .as("parameter %d", i)
                        .isCloseTo(-count * (double) gradient.get(i), within(0.01));
            }
        }
    }

    @Test
    void whatIsPushedToAShardThatStaysAwayFailsWithinTheBound() {
        cluster.unreachable = 1;
        try (ShardedParameters parameters = parameters(Duration.ofMillis(200));
                Pushes pushes = parameters.pushes(SOURCE)) {
            assertThatThrownBy(() -> pushes.push(ALL, ones(), new long[3]))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("shard 1 at host1:7001, generation 1");
            assertThatThrownBy(() -> pushes.push(ALL, ones(), new long[3]))
                    .as("what comes after it")
                    .isInstanceOf(ShardUnavailableException.class);
        }
    }

    @Test
    void anErrorInTheSendingThreadFailsWhatIsPushed() {
        ShardConnector failing = address -> {
            throw new OutOfMemoryError("no direct memory");
        };
        try (ShardedParameters parameters = new ShardedParameters(MAP, cluster, failing, Duration.ofSeconds(50));
                Pushes pushes = parameters.pushes(SOURCE)) {
            assertThatThrownBy(() -> pushes.push(ALL, ones(), new long[3]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no direct memory");
        }
    }

    @Test
    void closingPushesFailsThoseThatAreNotAcknowledged() throws Exception {
        cluster.unreachable = 1;
        try (ShardedParameters parameters = parameters(Duration.ofSeconds(50))) {
            Pushes pushes = parameters.pushes(SOURCE);
            Update update = pushes.begin(ALL, new long[3], Set.of());
            update.add(ALL, ones());
            assertThat(cluster.refusedOnce.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(update.isDone()).isFalse();
            pushes.close();
            assertThat(update.isDone()).isTrue();
            assertThatThrownBy(update::await).isInstanceOf(IOException.class);
        }
    }

    private ShardedParameters parameters(Duration bound) {
        return new ShardedParameters(MAP, cluster, cluster, bound);
    }

    private static ContiguousParameterBuffer ones() {
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            buffer.set(i, 1);
        }
        return buffer;
    }
}
