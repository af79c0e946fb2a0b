package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.StepDecay;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real shard whose replicas go in step, and one that keeps what they have fetched. */
@Timeout(60)
class ShardPacingTest {
    private static final RangeSet RANGES = RangeSet.of(List.of(new Range(100, 150_100), new Range(300_000, 300_050)));
    private static final RangeSet LOW = RangeSet.of(100, 150_100);
    private static final RangeSet HIGH = RangeSet.of(300_000, 300_050);
    private static final int SIZE = 150_050;

    private final ParameterShard shard = shard(new Sgd(1), VersionedRate.constant(), new Consistency.Synchronous(1));
    private final long[] sequences = new long[4];

    private static ParameterShard shard(UpdateRule rule, VersionedRate rate, Consistency consistency) {
        Pacing pacing = new Pacing(consistency, 4, 1, Duration.ofSeconds(40), System::nanoTime);
        return new ParameterShard(0, 1, RANGES, rule, rate, Duration.ofSeconds(5), ShardKernels.best(), pacing);
    }

    private void join(ParameterShard target, int replicas) throws Exception {
        for (int replica = 0; replica < replicas; replica++) {
            assertThat(target.turn(1, new Turn(replica, 1, 0), this).granted()).isTrue();
        }
    }

    private PushHeader header(int replica, RangeSet ranges, long clock, boolean last) {
        return new PushHeader(
                1, new PushId(replica, 0, 1, ++sequences[replica]), ranges, clock, last, true, clock, Encoding.FLOAT32);
    }

    private PushReceipt push(int replica, RangeSet ranges, long clock, boolean last, float value) throws Exception {
        return push(shard, header(replica, ranges, clock, last), value);
    }

    private static PushReceipt push(ParameterShard target, PushHeader header, float value) throws Exception {
        float[] gradient = new float[(int) header.ranges().size()];
        Arrays.fill(gradient, value);
        return target.push(header, floats(gradient));
    }

    private static ByteBuffer floats(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private static float[] fetch(ParameterShard target, RangeSet ranges, OptionalInt keptFor) throws Exception {
        ByteBuffer bytes =
                ByteBuffer.allocate((int) ranges.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        target.fetch(1, VectorName.PARAMETERS, ranges, keptFor, Encoding.FLOAT32)
                .reader()
                .readAll(bytes);
        float[] values = new float[(int) ranges.size()];
        bytes.flip().asFloatBuffer().get(values);
        return values;
    }

    private static float[] fetch(ParameterShard target) throws Exception {
        return fetch(target, RANGES, OptionalInt.empty());
    }

    @Test
    void theMeanOfTheFirstIsAppliedOnceAndTheRestIsDropped() throws Exception {
        join(shard, 3);
        assertThat(push(0, RANGES, 0, true, 2)).isEqualTo(new PushReceipt(0, 0, false));
        assertThat(fetch(shard)).containsOnly(0f);
        assertThat(push(1, RANGES, 0, true, 5)).isEqualTo(new PushReceipt(1, 0, false));
        assertThat(fetch(shard)).containsOnly(-3.5f);
        assertThat(push(2, RANGES, 0, true, 100)).isEqualTo(new PushReceipt(1, 1, false, true));
        assertThat(fetch(shard)).containsOnly(-3.5f);

        ShardStatus status = shard.status();
        assertThat(status.counters().dropped()).isEqualTo(1);
        assertThat(status.counters().pushes()).as("all were taken").isEqualTo(3);
        assertThat(status.staleness()).isEqualTo(new Staleness(3, 1, 1, List.of(2L, 1L)));
        assertThat(status.memoryBytes()).as("parameters and the sum").isEqualTo(2L * SIZE * Float.BYTES);
        assertThat(status.pushes()).extracting(AppliedPushes::applied).containsExactly(1L, 1L, 1L);
    }

    @Test
    void aRepeatedPushIsNotAddedAgain() throws Exception {
        join(shard, 4);
        PushHeader first = header(0, RANGES, 0, true);
        push(shard, first, 3);
        assertThat(push(shard, first, 3).duplicate()).isTrue();
        push(1, RANGES, 0, true, 6);
        assertThat(shard.version()).isZero();
        push(2, RANGES, 0, true, 0);
        assertThat(fetch(shard)).containsOnly(-3f);
        PushHeader late = header(3, RANGES, 0, true);
        assertThat(push(shard, late, 1).dropped()).isTrue();
        assertThat(push(shard, late, 1).duplicate()).isTrue();
        assertThat(shard.status().counters().dropped()).isEqualTo(1);
        assertThat(shard.status().counters().duplicates()).isEqualTo(2);
    }

    @Test
    void partsOfAnUpdateAreGatheredEachByItselfAndTheLastOneRaisesTheVersion() throws Exception {
        join(shard, 2);
        push(0, LOW, 0, false, 1);
        assertThat(fetch(shard, LOW, OptionalInt.empty()))
                .as("one of two is enough")
                .containsOnly(-1f);
        assertThat(shard.version()).isZero();
        assertThat(push(1, LOW, 0, false, 1).dropped()).isTrue();
        assertThat(push(1, HIGH, 0, true, 2).dropped()).isFalse();
        assertThat(shard.version()).isEqualTo(1);
        assertThat(push(0, HIGH, 0, true, 1).dropped()).isTrue();
        assertThat(fetch(shard, HIGH, OptionalInt.empty())).containsOnly(-2f);
        assertThat(shard.status().counters().dropped())
                .as("a part of each update came too late")
                .isEqualTo(2);
    }

    @Test
    void aGradientThatIsNoNumberIsNotGathered() throws Exception {
        join(shard, 3);
        assertThatThrownBy(() -> push(0, RANGES, 0, true, Float.NaN)).isInstanceOf(ShardException.class);
        sequences[0] = 0;
        push(0, RANGES, 0, true, 2);
        push(1, RANGES, 0, true, 4);
        assertThat(fetch(shard)).containsOnly(-3f);
    }

    @Test
    void anUpdateThatIsCutOtherwiseIsRefused() throws Exception {
        join(shard, 2);
        push(0, LOW, 0, false, 1);
        assertThatThrownBy(() -> push(1, RANGES, 0, true, 1))
                .hasMessageContaining("expected an update that is cut like those before it")
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.WRONG_RANGES));
        sequences[1] = 0;
        assertThat(push(1, HIGH, 0, true, 1).duplicate()).isFalse();
    }

    @Test
    void aRestoredShardForgetsSumsButNeitherItsVersionNorItsPushes() throws Exception {
        join(shard, 4);
        PushHeader first = header(0, RANGES, 0, true);
        push(shard, first, 3);
        ParameterShard restored =
                shard(new Sgd(1), new VersionedRate(new StepDecay(10, 0.5), 1), new Consistency.Synchronous(0));
        restored.restore(10, shard.settledPushes());
        join(restored, 2);
        assertThat(push(restored, first, 3).duplicate()).isTrue();
        push(restored, header(0, RANGES, 1, true), 2);
        PushReceipt receipt = push(restored, header(1, RANGES, 0, true), 4);
        assertThat(receipt.version()).isEqualTo(11);
        assertThat(fetch(restored)).as("half of the rate").containsOnly(-1.5f);
    }

    @Test
    void gatheringGivesWhatOnePushOfTheMeanGives() throws Exception {
        long seed = 9;
        Random random = new Random(seed);
        Momentum rule = new Momentum(0.1, 0.5);
        ParameterShard gathering = shard(rule, VersionedRate.constant(), new Consistency.Synchronous(0));
        ParameterShard plain = shard(rule, VersionedRate.constant(), new Consistency.Asynchronous());
        join(gathering, 3);
        for (int round = 0; round < 3; round++) {
            float[] mean = new float[SIZE];
            for (int replica = 0; replica < 3; replica++) {
                float[] gradient = new float[SIZE];
                for (int i = 0; i < SIZE; i++) {
                    gradient[i] = (float) random.nextGaussian();
                    mean[i] += gradient[i];
                }
                gathering.push(header(replica, RANGES, round, true), floats(gradient));
            }
            for (int i = 0; i < SIZE; i++) {
                mean[i] /= 3;
            }
            PushId id = new PushId(0, 0, 1, round + 1);
            plain.push(new PushHeader(1, id, RANGES, round), floats(mean));
        }
        assertThat(fetch(gathering)).as("seed %d", seed).containsExactly(fetch(plain));
        assertThat(gathering.version()).isEqualTo(3);
    }

    /** Replicas fetch and push in any order; the shard must compare with what each has fetched. */
    @Test
    void lateGradientsAreCorrectedAsTheFormulaSays() throws Exception {
        long seed = 4;
        Random random = new Random(seed);
        double rate = 0.1;
        double lambda = 0.7;
        ParameterShard compensating =
                shard(new DelayCompensatedSgd(rate, lambda), VersionedRate.constant(), new Consistency.Asynchronous());
        double[] expected = new double[SIZE];
        double[][] fetched = new double[4][];
        long[] versions = {-1, -1, -1, -1};
        int corrected = 0;
        for (int event = 0; event < 60; event++) {
            int replica = random.nextInt(4);
            if (random.nextBoolean()) {
                versions[replica] = compensating.version();
                // Not all at once, as a fetch comes in pieces.
                for (RangeSet part : List.of(HIGH, RangeSet.of(100, 70_003), RangeSet.of(70_003, 150_100))) {
                    fetch(compensating, part, OptionalInt.of(replica));
                }
                fetched[replica] = expected.clone();
                continue;
            }
            float[] gradient = new float[SIZE];
            for (int i = 0; i < SIZE; i++) {
                gradient[i] = (float) random.nextGaussian();
                double other = fetched[replica] == null ? expected[i] : fetched[replica][i];
                double g = gradient[i];
                expected[i] -= rate * (g + lambda * g * g * (expected[i] - other));
            }
            corrected += fetched[replica] != null && versions[replica] < compensating.version() ? 1 : 0;
            PushId id = new PushId(replica, 0, 1, ++sequences[replica]);
            compensating.push(new PushHeader(1, id, RANGES, versions[replica]), floats(gradient));
        }
        assertThat(corrected).as("seed %d", seed).isGreaterThan(10);
        float[] found = fetch(compensating);
        for (int i = 0; i < SIZE; i++) {
            assertThat((double) found[i]).as("seed %d, parameter %d", seed, i).isCloseTo(expected[i], within(1e-3));
        }
        assertThat(compensating.status().memoryBytes())
                .as("parameters and four copies")
                .isEqualTo(5L * SIZE * Float.BYTES);
    }
}
