package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two delay-compensated rules make of a stale gradient. */
class DelayCompensationTest {
    private static final int LENGTH = 500;
    private static final long SEED = 17;
    private static final UpdateContext CONTEXT = new UpdateContext(40, 20, 0.5);

    private final Random random = new Random(SEED);
    private final float[] fetched = RuleArrays.gaussians(random, LENGTH, 1);
    private final float[] gradient = RuleArrays.gaussians(random, LENGTH, 1);

    @ParameterizedTest
    @ValueSource(strings = {"delayCompensatedSgd", "adaptiveDelayCompensatedSgd"})
    void withoutDelayTheyAreSgd(String name) {
        assertThat(updated("{" + name + ": {learningRate: 0.3}}", fetched))
                .containsExactly(updated("{sgd: {learningRate: 0.3}}", fetched));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delayCompensatedSgd", "adaptiveDelayCompensatedSgd"})
    void withALambdaOfZeroTheyAreSgdWhateverTheDelay(String name) {
        float[] now = RuleArrays.gaussians(random, LENGTH, 1);
        assertThat(updated("{" + name + ": {learningRate: 0.3, lambda: 0}}", now))
                .containsExactly(updated("{sgd: {learningRate: 0.3}}", now));
    }

    @Test
    void theyStepWithTheGradientOfNowWhereTheCurvatureIsAsAssumed() {
        double curvature = 1.7;
        float was = 2;
        float now = 0.5f;
        float stale = (float) (curvature * was);
        double step = -0.1 * curvature * now;

        float[] constant = {now};
        new DelayCompensatedSgd(0.1, curvature / (stale * stale))
                .apply(constant, new float[][] {{was}}, new float[] {stale}, 1, new UpdateContext(9, 3, 1));
        assertThat((double) constant[0]).isCloseTo(now + step, within(1e-6));

        float[] adaptive = {now};
        new AdaptiveDelayCompensatedSgd(0.1, curvature / stale, 0, 1e-12)
                .apply(adaptive, new float[][] {{0}, {was}}, new float[] {stale}, 1, new UpdateContext(9, 3, 1));
        assertThat((double) adaptive[0]).isCloseTo(now + step, within(1e-6));
    }

    @Test
    void theAdaptiveOneKeepsTheMeanSquareOfTheStaleGradient() {
        float[][] state = {{4}, {1}};
        new AdaptiveDelayCompensatedSgd(0.1, 2, 0.75, 1e-7).apply(new float[] {3}, state, new float[] {2}, 1, CONTEXT);
        assertThat(state[0]).as("0.75 * 4 + 0.25 * 2 * 2").containsExactly(4);
        assertThat(new AdaptiveDelayCompensatedSgd(0.1, 2, 0.75, 1e-7).state())
                .containsExactly(new StateVector(AdaptiveDelayCompensatedSgd.SQUARES, 0));
    }

    private float[] updated(String settings, float[] parameters) {
        UpdateRule rule = RuleArrays.rule(settings);
        float[] after = parameters.clone();
        rule.apply(after, RuleArrays.of(rule, fetched), gradient, LENGTH, CONTEXT);
        return after;
    }
}
