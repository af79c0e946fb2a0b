package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.conf.Encoding;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.VersionedRate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is accrued and how the replica's copy is stepped, against the same written out plainly. */
class StepGradientTest {
    private static final int BATCH = 6;
    private static final int LAYERS = 2;

    // Limits that some gradients of this test's model are within and others not.
    private static final NormClip LAYER_NORM = new NormClip(0.59, false);
    private static final NormClip NORM = new NormClip(0.9, true);

    private final Model model = model("fullyConnected: {units: 7, activation: tanh, l2: 0.1}");
    private final ModelReplica replica = ModelReplica.forTraining(model, new PlainKernels(), BATCH, 1);
    private final AccruedGradient accrued = new AccruedGradient(replica::newGradient, true);

    private static Model model(String first) {
        return Model.of(
                TestJobs.withLayers(first, "fullyConnected: {units: 3}")
                        .config()
                        .model(),
                Shape.flat(5),
                3);
    }

    private StepGradient steps(int nPush, double localRate, @Nullable GradientClip clip) {
        replica.parameters().initialise(model, 4);
        DownpourSettings settings = new DownpourSettings(
                0,
                1,
                1,
                nPush,
                true,
                Encoding.FLOAT32,
                new Consistency.Asynchronous(),
                false,
                localRate,
                Optional.ofNullable(clip),
                VersionedRate.constant(),
                0,
                Duration.ofSeconds(1));
        return new StepGradient(replica, accrued, settings);
    }

    private MiniBatch batch(long seed) {
        MiniBatch batch = replica.newBatch();
        Random random = new Random(seed);
        batch.fill(BATCH, (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(3);
        });
        return batch;
    }

    static Stream<Arguments> ways() {
        List<Arguments> ways = new ArrayList<>();
        for (@Nullable GradientClip clip : new GradientClip[] {null, new ValueClip(0.05), LAYER_NORM, NORM}) {
            for (int nPush : new int[] {1, 3}) {
                for (float rate : new float[] {0, 0.5f}) {
                    ways.add(Arguments.of(clip, nPush, rate));
                }
            }
        }
        return ways.stream();
    }

    @ParameterizedTest(name = "{0}, nPush {1}, local rate {2}")
    @MethodSource("ways")
    void accruesTheClippedGradientOfEachMiniBatchAndStepsByIt(@Nullable GradientClip clip, int nPush, float rate)
            throws Exception {
        StepGradient steps = steps(nPush, rate, clip);
        ModelReplica plain = ModelReplica.forTraining(model, new PlainKernels(), BATCH, 1);
        plain.parameters().initialise(model, 4);
        ReplicaParameters gradient = plain.newGradient();
        long step = 0;
        for (int push = 0; push < 2; push++) {
            double[] sum = new double[(int) model.parameters()];
            for (int i = 0; i < nPush; i++) {
                MiniBatch batch = batch(step);
                double expectedLoss = plain.gradient(batch, gradient, false, layer -> {});
                double[] clipped = clipped(clip, gradient);
                for (int p = 0; p < sum.length; p++) {
                    sum[p] += clipped[p];
                    set(plain.parameters(), p, (float) (at(plain.parameters(), p) - rate * clipped[p]));
                }

                assertThat(steps.take(batch, rate, step++, layer -> {})).isCloseTo(expectedLoss, within(1e-4));
                accrued.added(List.of(), List.of());
            }
            ReplicaParameters found = accrued.accruing();
            accrued.take();
            for (int p = 0; p < sum.length; p++) {
                assertThat((double) at(found, p)).as("gradient %d", p).isCloseTo(sum[p], within(1e-5));
                assertThat(at(replica.parameters(), p))
                        .as("parameter %d", p)
                        .isCloseTo(at(plain.parameters(), p), within(1e-5f));
            }
            accrued.release();
        }
    }

    @Test
    void theLimitsOfTheseTestsClipSomeGradientsAndLeaveOthers() {
        replica.parameters().initialise(model, 4);
        ReplicaParameters gradient = replica.newGradient();
        for (GradientClip clip : List.of(LAYER_NORM, NORM)) {
            List<Boolean> changed = new ArrayList<>();
            for (long step = 0; step < 6; step++) {
                replica.gradient(batch(step), gradient, false, layer -> {});
                changed.add(!Arrays.equals(clipped(null, gradient), clipped(clip, gradient)));
            }
            assertThat(changed).as("%s", clip).contains(true, false);
        }
    }

    @Test
    void aGradientThatIsNoNumberIsNotHiddenByClipping() {
        for (GradientClip clip : List.of(new ValueClip(1), new NormClip(1, false), new NormClip(1, true))) {
            Model overflowing = model("fullyConnected: {units: 7, l2: 1e6}");
            ModelReplica large = ModelReplica.forTraining(overflowing, new PlainKernels(), BATCH, 1);
            large.parameters().initialise(overflowing, 4);
            // Nothing comes through this weight, so that the loss stays finite; the gradient of its decay does not.
            large.parameters().layer(0).get(0).put(0, Float.MAX_VALUE);
            MiniBatch batch = large.newBatch();
            batch.fill(BATCH, (example, into) -> {
                Arrays.fill(into, 1);
                into[0] = 0;
                return 1;
            });
            DownpourSettings settings = new DownpourSettings(
                    0,
                    1,
                    1,
                    1,
                    true,
                    Encoding.FLOAT32,
                    new Consistency.Asynchronous(),
                    false,
                    0.1,
                    Optional.of(clip),
                    VersionedRate.constant(),
                    0,
                    Duration.ofSeconds(1));
            StepGradient steps = new StepGradient(large, new AccruedGradient(large::newGradient, true), settings);

            assertThatThrownBy(() -> steps.take(batch, 0, 17, layer -> {}))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("the norm of the gradient of step 17 is Infinity, not a number")
                    .hasMessageContaining("choose a smaller learning rate");
        }
    }

    /** The gradient, clipped in double precision. */
    private double[] clipped(@Nullable GradientClip clip, ReplicaParameters gradient) {
        double[] all = new double[(int) model.parameters()];
        for (int p = 0; p < all.length; p++) {
            all[p] = at(gradient, p);
        }
        if (clip instanceof ValueClip value) {
            for (int p = 0; p < all.length; p++) {
                all[p] = Math.max(-value.limit(), Math.min(value.limit(), all[p]));
            }
        } else if (clip instanceof NormClip norm && norm.needsAllLayers()) {
            shorten(all, 0, all.length, norm.limit());
        } else if (clip instanceof NormClip norm) {
            int start = 0;
            for (int layer = 0; layer < LAYERS; layer++) {
                int end = start;
                for (FloatMemory block : gradient.layer(layer)) {
                    end += block.size();
                }
                shorten(all, start, end, norm.limit());
                start = end;
            }
        }
        return all;
    }

    private static void shorten(double[] values, int from, int to, double limit) {
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += values[i] * values[i];
        }
        double factor = Math.min(1, limit / Math.sqrt(squares));
        for (int i = from; i < to; i++) {
            values[i] *= factor;
        }
    }

    private static float at(ReplicaParameters parameters, int index) {
        return parameters.view(index, 1).getFloat(0);
    }

    private static void set(ReplicaParameters parameters, int index, float value) {
        parameters.view(index, 1).putFloat(0, value);
    }
}
