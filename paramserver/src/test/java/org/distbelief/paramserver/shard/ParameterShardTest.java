package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.ConstantRate;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.StalenessScaling;
import org.distbelief.paramserver.rule.StepDecay;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParameterShardTest {
    private static final long GENERATION = 3;
    private static final RangeSet RANGES = RangeSet.of(List.of(new Range(100, 200_100), new Range(300_000, 300_050)));
    private static final RangeSet SOME = RangeSet.of(List.of(new Range(150, 160), new Range(300_010, 300_020)));

    private final ParameterShard shard = shard(RANGES);

    @Test
    void aPushIsAppliedAndSeenByTheNextFetch() throws Exception {
        PushReceipt receipt = push(shard, header(1, SOME, 0), 2);
        assertThat(receipt).isEqualTo(new PushReceipt(1, 0, false));
        assertThat(fetch(shard, SOME)).containsOnly(-2f);
        assertThat(fetch(shard, RANGES)).contains(0f).contains(-2f);
    }

    @Test
    void aRepeatedPushIsAcknowledgedButNotApplied() throws Exception {
        push(shard, header(1, SOME, 0), 2);
        PushReceipt again = push(shard, header(1, SOME, 0), 2);
        assertThat(again.duplicate()).isTrue();
        assertThat(fetch(shard, SOME)).containsOnly(-2f);
        assertThat(shard.status().counters().duplicates()).isEqualTo(1);
        assertThat(shard.status().pushes()).containsExactly(new AppliedPushes(0, 0, 1, 1, 1));
    }

    @Test
    void aPushAfterAMissingOneIsRefused() throws Exception {
        push(shard, header(1, SOME, 0), 1);
        assertRefused(ShardException.Kind.SEQUENCE_GAP, () -> push(shard, header(3, SOME, 0), 1));
        assertThat(push(shard, header(2, SOME, 0), 1).version()).isEqualTo(2);
    }

    @Test
    void aReplacedProcessIsRefused() throws Exception {
        push(shard, new PushHeader(GENERATION, new PushId(0, 0, 5, 1), SOME, 0), 1);
        assertRefused(
                ShardException.Kind.ZOMBIE_PUSH,
                () -> push(shard, new PushHeader(GENERATION, new PushId(0, 0, 4, 9), SOME, 0), 1));
        assertThat(push(shard, new PushHeader(GENERATION, new PushId(0, 1, 4, 1), SOME, 0), 1)
                        .duplicate())
                .as("another partition's incarnations are its own")
                .isFalse();
        assertThat(fetch(shard, SOME)).containsOnly(-2f);
    }

    @Test
    void aRestoredLogKnowsItsPushesAndLetsLostOnesGo() throws Exception {
        shard.restore(40, List.of(new AppliedPushes(0, 0, 1, 10, 10)));
        assertThat(push(shard, header(10, SOME, 0), 1).duplicate()).isTrue();
        assertThat(push(shard, header(14, SOME, 41), 1)).isEqualTo(new PushReceipt(41, 0, false));
        assertRefused(ShardException.Kind.SEQUENCE_GAP, () -> push(shard, header(17, SOME, 0), 1));
        assertThat(shard.status().pushes()).containsExactly(new AppliedPushes(0, 0, 1, 14, 11));
    }

    @Test
    void theRateFollowsTheScheduleByTheStepsThatTheUpdatesHold() throws Exception {
        VersionedRate rate = new VersionedRate(new StepDecay(6, 0.5), 3);
        ParameterShard scheduled =
                new ParameterShard(0, GENERATION, RANGES, new Sgd(1), rate, Duration.ofSeconds(1), ShardKernels.best());
        for (int update = 1; update <= 4; update++) {
            push(scheduled, header(update, SOME, -1), 1);
        }
        assertThat(fetch(scheduled, SOME)).as("steps 0, 3, 6, 9").containsOnly(-(1 + 1 + 0.5f + 0.5f));

        ParameterShard restored =
                new ParameterShard(0, GENERATION, RANGES, new Sgd(1), rate, Duration.ofSeconds(1), ShardKernels.best());
        restored.restore(4, List.of());
        push(restored, header(5, SOME, -1), 1);
        assertThat(fetch(restored, SOME)).as("step 12").containsOnly(-0.25f);
    }

    @Test
    void theRateOfAnUpdateFallsWithItsStaleness() throws Exception {
        VersionedRate rate = new VersionedRate(new ConstantRate(), 1, new StalenessScaling(1));
        ParameterShard scaled =
                new ParameterShard(0, GENERATION, RANGES, new Sgd(1), rate, Duration.ofSeconds(1), ShardKernels.best());
        push(scaled, header(1, SOME, 0), 1);
        push(scaled, header(2, SOME, 0), 1);
        assertThat(fetch(scaled, SOME)).as("staleness 0 and 1").containsOnly(-2f);
        push(scaled, header(3, SOME, 0), 1);
        assertThat(fetch(scaled, SOME)).as("staleness 2").containsOnly(-2.5f);
        push(scaled, header(4, SOME, -1), 1);
        assertThat(fetch(scaled, SOME)).as("the fetch is not known").containsOnly(-3.5f);
    }

    @Test
    void anotherGenerationIsRefused() {
        assertRefused(
                ShardException.Kind.STALE_GENERATION, () -> shard.fetch(GENERATION - 1, VectorName.PARAMETERS, SOME));
        assertRefused(
                ShardException.Kind.STALE_GENERATION,
                () -> push(shard, new PushHeader(GENERATION + 1, new PushId(0, 0, 1, 1), SOME, 0), 1));
        assertThat(shard.status().counters().refused()).isEqualTo(2);
    }

    @Test
    void aGradientWithNaNOrInfinityChangesNothing() throws Exception {
        for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at : new int[] {0, 1, 2048, Chunks.FLOATS - 1, 200_049}) {
                float[] gradient = new float[(int) RANGES.size()];
                Arrays.fill(gradient, Float.MAX_VALUE);
                gradient[at] = poison;
                assertRefused(ShardException.Kind.NOT_FINITE, () -> push(shard, header(1, RANGES, 0), gradient));
            }
        }
        assertThat(fetch(shard, RANGES)).containsOnly(0f);
        assertThat(shard.version()).isZero();
        assertThat(shard.status().counters().notFinite()).isEqualTo(15);
        assertThat(push(shard, header(1, SOME, 0), 1).duplicate()).isFalse();
    }

    @Test
    void parametersThatAreElsewhereAreRefused() {
        RangeSet outside = RangeSet.of(99, 101);
        assertRefused(ShardException.Kind.WRONG_RANGES, () -> shard.fetch(GENERATION, VectorName.PARAMETERS, outside));
        assertRefused(ShardException.Kind.WRONG_RANGES, () -> push(shard, header(1, outside, 0), 1));
        assertRefused(ShardException.Kind.WRONG_RANGES, () -> push(shard, header(1, RangeSet.empty(), 0), 1));
        assertRefused(
                ShardException.Kind.WRONG_RANGES, () -> shard.fetch(GENERATION, new VectorName("momentum"), SOME));
    }

    @Test
    void stalenessIsCountedPerPush() throws Exception {
        long[] fetchedAt = {0, 0, 0, 3, 0, -1};
        for (int i = 0; i < fetchedAt.length; i++) {
            push(shard, header(i + 1, SOME, fetchedAt[i]), 1);
        }
        Staleness staleness = shard.status().staleness();
        assertThat(staleness).isEqualTo(new Staleness(5, 7, 4, List.of(2L, 1L, 1L, 1L)));
        assertThat(staleness.mean()).isEqualTo(1.4);
    }

    @Test
    void aGradientOfAnotherLengthOrTooLongIsRefused() {
        assertRefused(ShardException.Kind.WRONG_RANGES, () -> push(shard, header(1, SOME, 0), new float[19]));
        RangeSet much = RangeSet.of(0, PushHeader.MOST_FLOATS + 1L);
        assertRefused(ShardException.Kind.WRONG_RANGES, () -> push(shard(much), header(1, much, 0), 1));
        assertThat(shard.status().pushes()).isEmpty();
    }

    @Test
    void onlyPushesThatCountRaiseTheVersion() throws Exception {
        PushId first = new PushId(0, 0, 1, 1);
        assertThat(push(shard, new PushHeader(GENERATION, first, SOME, 0, false, true), 1))
                .isEqualTo(new PushReceipt(0, 0, false));
        assertThat(shard.status().pushes()).containsExactly(new AppliedPushes(0, 0, 1, 1, 0));
        assertThat(push(shard, header(2, SOME, 0), 1)).isEqualTo(new PushReceipt(1, 0, false));
        PushId ofOther = new PushId(0, 1, 1, 1);
        assertThat(push(shard, new PushHeader(GENERATION, ofOther, SOME, 0, true, false), 1))
                .isEqualTo(new PushReceipt(1, 1, false));
        assertThat(shard.status().pushes())
                .containsExactly(new AppliedPushes(0, 0, 1, 2, 1), new AppliedPushes(0, 1, 1, 1, 1));
        assertThat(shard.status().staleness().count()).isEqualTo(1);
    }

    @Test
    void firstValuesDoNotDependOnTheNumberOfShards() throws Exception {
        ParameterLayout layout = new ParameterLayout(List.of(
                new Block("w", new Range(0, 150_000), new Initialisation.Uniform(-1, 1)),
                new Block("b", new Range(150_000, 150_100), new Initialisation.Constant(0.5f))));
        ParameterShard whole = shard(layout.ranges());
        whole.initialise(layout, 42);
        float[] all = fetch(whole, layout.ranges());
        ShardMap map = ShardMap.of(layout, 3);
        for (int i = 0; i < 3; i++) {
            ParameterShard part = shard(map.ranges(i));
            part.initialise(layout, 42);
            float[] values = fetch(part, part.ranges());
            int next = 0;
            for (Range range : part.ranges()) {
                for (long index = range.start(); index < range.end(); index++) {
                    assertThat(values[next++]).isEqualTo(all[(int) index]);
                }
            }
        }
    }

    @Test
    void pushesOfAnyCutGiveTheSameAsOneOverEverything() throws Exception {
        long seed = 77;
        Random random = new Random(seed);
        Momentum rule = new Momentum(0.1, 0.5);
        ParameterShard whole = new ParameterShard(0, GENERATION, RANGES, rule, Duration.ofSeconds(1));
        ParameterShard cut = new ParameterShard(0, GENERATION, RANGES, rule, Duration.ofSeconds(1));
        int sequence = 0;
        for (int step = 1; step <= 4; step++) {
            float value = random.nextFloat();
            push(whole, header(step, RANGES, 0), value);
            int border = 101 + random.nextInt(199_000);
            RangeSet low = RANGES.intersect(RangeSet.of(0, border));
            push(cut, header(sequence + 1, low, 0), value);
            push(cut, header(sequence + 2, RANGES.minus(low), 0), value);
            sequence += 2;
        }
        assertThat(fetch(cut, RANGES)).as("seed %d", seed).containsExactly(fetch(whole, RANGES));
    }

    /** Every push adds one to every parameter, so within a chunk all must be alike at any moment. */
    @Test
    void aFetchNeverSeesATornChunk() throws Exception {
        int pushers = 3;
        int pushes = 300;
        RangeSet ranges = RangeSet.of(0, 3L * Chunks.FLOATS);
        ParameterShard target = shard(ranges);
        ExecutorService threads = Executors.newFixedThreadPool(pushers + 1);
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        try {
            Future<Integer> reader = threads.submit(() -> {
                int distinct = 0;
                float last = 0;
                while (!done.get()) {
                    float[] values = fetch(target, ranges);
                    begun.countDown();
                    for (int chunk = 0; chunk < 3; chunk++) {
                        for (int i = 0; i < Chunks.FLOATS; i++) {
                            if (values[chunk * Chunks.FLOATS + i] != values[chunk * Chunks.FLOATS]) {
                                throw new AssertionError("chunk " + chunk + " is torn at float " + i);
                            }
                        }
                    }
                    distinct += values[0] == last ? 0 : 1;
                    last = values[0];
                }
                return distinct;
            });
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            List<Future<PushReceipt>> results = IntStream.range(0, pushers)
                    .mapToObj(replica -> threads.submit(() -> {
                        PushReceipt last = new PushReceipt(0, 0, false);
                        for (int i = 1; i <= pushes; i++) {
                            PushId id = new PushId(replica, 0, 1, i);
                            last = push(target, new PushHeader(GENERATION, id, ranges, -1), -1);
                        }
                        return last;
                    }))
                    .toList();
            for (Future<PushReceipt> result : results) {
                assertThat(result.get(30, TimeUnit.SECONDS).duplicate()).isFalse();
            }
            done.set(true);
            assertThat(reader.get(20, TimeUnit.SECONDS)).isPositive();
            assertThat(fetch(target, ranges)).containsOnly((float) pushers * pushes);
            assertThat(target.version()).isEqualTo((long) pushers * pushes);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private static ParameterShard shard(RangeSet ranges) {
        return new ParameterShard(0, GENERATION, ranges, new Sgd(1), Duration.ofSeconds(20));
    }

    private static PushHeader header(long sequence, RangeSet ranges, long versionAtFetch) {
        return new PushHeader(GENERATION, new PushId(0, 0, 1, sequence), ranges, versionAtFetch);
    }

    private static PushReceipt push(ParameterShard shard, PushHeader header, float value) throws Exception {
        float[] gradient = new float[(int) header.ranges().size()];
        Arrays.fill(gradient, value);
        return push(shard, header, gradient);
    }

    private static PushReceipt push(ParameterShard shard, PushHeader header, float[] gradient) throws Exception {
        return shard.push(header, floats(gradient));
    }

    private static ByteBuffer floats(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private static float[] fetch(ParameterShard shard, RangeSet ranges) throws Exception {
        VectorReader reader =
                shard.fetch(GENERATION, VectorName.PARAMETERS, ranges).reader();
        ByteBuffer bytes =
                ByteBuffer.allocate((int) ranges.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        reader.readAll(bytes);
        float[] values = new float[(int) ranges.size()];
        bytes.flip().asFloatBuffer().get(values);
        return values;
    }

    private static void assertRefused(ShardException.Kind kind, ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
