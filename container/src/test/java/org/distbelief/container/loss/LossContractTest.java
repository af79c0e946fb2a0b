package org.distbelief.container.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    private static final int BATCH = 4;
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
        assertThat(LossType.all()).extracting(LossType::name).contains("softmaxCrossEntropy");
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
    void gradientAndScoreGiveTheSameLossAndPredictionsAreProbabilities(Loss loss) {
        Random random = new Random(4);
        float[] outputs = random(random);
        int[] labels = random.ints(BATCH, 0, UNITS).toArray();
        FloatMemory scored = FloatMemory.of(outputs);
        FloatMemory predicted = FloatMemory.of(outputs);

        double score = loss.score(KERNELS, UNITS, BATCH, scored, labels);
        loss.predict(KERNELS, UNITS, BATCH, predicted);

        assertThat(loss.gradient(KERNELS, UNITS, BATCH, FloatMemory.of(outputs), labels))
                .isEqualTo(score);
        assertThat(scored.toArray()).isEqualTo(predicted.toArray());
        for (float p : predicted.toArray()) {
            assertThat(p).isBetween(0f, 1f);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aBrokenOutputShowsInTheLoss(Loss loss) {
        float[] outputs = random(new Random(5));
        outputs[0] = Float.NaN;

        assertThat(sum(loss, outputs, new int[BATCH])).isNaN();
    }

    @Test
    void softmaxCrossEntropyIsTheNegativeLogarithmOfTheRightClass() {
        Loss loss = new SoftmaxCrossEntropy();
        FloatMemory outputs = FloatMemory.of((float) Math.log(3), 0);

        assertThat(loss.score(KERNELS, 2, 1, outputs, new int[] {0})).isCloseTo(-Math.log(0.75), within(1e-6));
        assertThat(loss.score(KERNELS, 2, 1, FloatMemory.of(-1000, 1000), new int[] {0}))
                .isCloseTo(87.3, within(0.1));
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
