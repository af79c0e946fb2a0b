package org.distbelief.container.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.PlainKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every loss must hold. */
class LossContractTest {
    private static final int UNITS = 6;
    private static final int BATCH = 5;
    private static final int STEPS = 20_000;
    private static final Kernels KERNELS = new PlainKernels();

    static Stream<Loss> losses() {
        return LossType.all().stream()
                .map(type -> LossType.find(TestJobs.job(type.name(), List.of("fullyConnected: {units: 2}"), List.of())
                        .config()
                        .model()
                        .loss()));
    }

    @Test
    void isFoundByNameOrRefused() {
        assertThat(LossType.all())
                .extracting(LossType::name)
                .containsExactlyInAnyOrder("softmaxCrossEntropy", "oneVsAllLogistic", "squaredError");
        assertThatThrownBy(() -> LossType.find(
                        TestJobs.job("softmaxCrossEntrpy", List.of("fullyConnected: {units: 2}"), List.of())
                                .config()
                                .model()
                                .loss()))
                .hasMessageContaining("unknown loss 'softmaxCrossEntrpy'; did you mean 'softmaxCrossEntropy'?");
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theGradientIsThatOfTheMeanLoss(Loss loss) {
        Random random = new Random(3);
        float[] outputs = random(random);
        int[] labels = random.ints(BATCH, 0, UNITS).toArray();
        FloatMemory gradient = FloatMemory.of(outputs);
        loss.gradient(KERNELS, UNITS, BATCH, gradient, labels);

        for (int i = 0; i < outputs.length; i++) {
            float step = 1e-2f;
            float[] above = outputs.clone();
            float[] below = outputs.clone();
            above[i] += step;
            below[i] -= step;
            double numeric = (sum(loss, above, labels) - sum(loss, below, labels)) / (2 * step) / BATCH;
            assertThat((double) gradient.get(i)).as("output %d", i).isCloseTo(numeric, within(1e-3));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientAndScoreGiveTheSameLossAndScoresAreThePredictions(Loss loss) {
        Random random = new Random(4);
        float[] outputs = random(random);
        int[] labels = random.ints(BATCH, 0, UNITS).toArray();
        FloatMemory scored = FloatMemory.of(outputs);
        FloatMemory predicted = FloatMemory.of(outputs);

        double score = loss.score(KERNELS, UNITS, BATCH, scored, labels);
        loss.predict(KERNELS, UNITS, BATCH, predicted);

        assertThat(loss.gradient(KERNELS, UNITS, BATCH, FloatMemory.of(outputs), labels))
                .isCloseTo(score, within(1e-6 * score));
        assertThat(scored.toArray()).isEqualTo(predicted.toArray());
        if (loss.probabilities()) {
            for (float p : predicted.toArray()) {
                assertThat(p).isBetween(0f, 1f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aGreaterOutputIsAGreaterScoreAndALesserLossWhereItIsRight(Loss loss) {
        float[] outputs = random(new Random(6));
        float[] raised = outputs.clone();
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            outputs[i] = 0;
            raised[i] = 0.5f;
        }
        FloatMemory before = FloatMemory.of(outputs);
        FloatMemory after = FloatMemory.of(raised);

        double lossBefore = loss.score(KERNELS, UNITS, BATCH, before, labels);
        double lossAfter = loss.score(KERNELS, UNITS, BATCH, after, labels);

        assertThat(lossAfter).isLessThan(lossBefore);
        for (int i = 0; i < BATCH; i++) {
            assertThat(after.get(i)).isGreaterThan(before.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void onlyTheUnitsAndExamplesAskedForAreTouched(Loss loss) {
        float[] outputs = new float[UNITS * BATCH + 3];
        Arrays.fill(outputs, 7);
        FloatMemory memory = FloatMemory.of(outputs);

        loss.gradient(KERNELS, UNITS, BATCH, memory, new int[BATCH]);
        loss.score(KERNELS, UNITS, BATCH, memory, new int[BATCH]);
        loss.predict(KERNELS, UNITS, BATCH, memory);

        assertThat(memory.toArray()).endsWith(7, 7, 7);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aStepAllocatesNothing(Loss loss) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FloatMemory outputs = FloatMemory.of(random(new Random(7)));
        OutputUnits units = OutputUnits.all(UNITS);
        int[] labels = new int[BATCH];
        double sum = 0;
        long allocated = 0;
        for (int round = 0; round < 2; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                sum += loss.gradient(KERNELS, units, BATCH, outputs, labels, OtherRegions.NONE);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(sum).isFinite();
        assertThat(allocated).as("bytes in %s steps", STEPS).isLessThan(STEPS);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aBrokenOutputShowsInTheLoss(Loss loss) {
        for (int broken : new int[] {0, UNITS * BATCH - 1}) {
            float[] outputs = random(new Random(5));
            outputs[broken] = Float.NaN;

            assertThat(sum(loss, outputs, new int[BATCH]))
                    .as("output %s", broken)
                    .isNaN();
        }
    }

    @Test
    void softmaxCrossEntropyIsTheNegativeLogarithmOfTheRightClass() {
        Loss loss = new SoftmaxCrossEntropy();
        FloatMemory outputs = FloatMemory.of((float) Math.log(3), 0);

        assertThat(loss.score(KERNELS, 2, 1, outputs, new int[] {0})).isCloseTo(-Math.log(0.75), within(1e-6));
        assertThat(loss.score(KERNELS, 2, 1, FloatMemory.of(-1000, 1000), new int[] {0}))
                .isCloseTo(87.3, within(0.1));
        assertThat(loss.gradient(KERNELS, 2, 3, FloatMemory.of(0, -1000, 0, 0, 1000, 0), new int[] {0, 0, 1}))
                .isCloseTo(2 * Math.log(2) + 87.3, within(0.1));
    }

    @Test
    void oneVsAllLogisticIsARegressionForEachUnit() {
        Loss loss = new OneVsAllLogistic();
        FloatMemory outputs = FloatMemory.of((float) Math.log(3), 0, (float) Math.log(1.5));

        assertThat(loss.score(KERNELS, 3, 1, outputs, new int[] {0}))
                .isCloseTo(-Math.log(0.75) - Math.log(0.5) - Math.log(0.4), within(1e-6));
        assertThat(outputs.get(0)).isCloseTo(0.75f, within(1e-6f));
        assertThat(outputs.get(1)).isCloseTo(0.5f, within(1e-6f));
        assertThat(outputs.get(2)).isCloseTo(0.6f, within(1e-6f));
        assertThat(loss.score(KERNELS, 2, 1, FloatMemory.of(-1000, 1000), new int[] {0}))
                .as("exact far beyond what a probability can tell")
                .isEqualTo(2000);
        assertThat(loss.score(KERNELS, 2, 1, FloatMemory.of(1000, -1000), new int[] {0}))
                .isZero();
    }

    @Test
    void squaredErrorIsHalfTheSquaredDistanceToOneForTheRightClass() {
        Loss loss = new SquaredError();
        FloatMemory outputs = FloatMemory.of(0.5f, 2, 1, -1);

        assertThat(loss.score(KERNELS, 2, 2, outputs, new int[] {1, 0})).isEqualTo((0.25 + 0 + 1 + 1) / 2);
        assertThat(outputs.toArray()).as("the scores").containsExactly(0.5f, 2, 1, -1);
        assertThat(loss.gradient(KERNELS, 2, 2, outputs, new int[] {1, 0})).isEqualTo(1.125);
        assertThat(outputs.toArray()).containsExactly(0.25f, 0.5f, 0, -0.5f);
        assertThat(loss.probabilities()).isFalse();
    }

    private static double sum(Loss loss, float[] outputs, int[] labels) {
        return loss.score(KERNELS, UNITS, BATCH, FloatMemory.of(outputs), labels);
    }

    private static float[] random(Random random) {
        float[] values = new float[UNITS * BATCH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
