package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the version of a shard means for Adam's correction. */
class AdamTest {
    private static final Adam ADAM = new Adam(0.1, 0.9, 0.999, 1e-8);

    @ParameterizedTest
    @ValueSource(floats = {1e-3f, 1, -40})
    void theFirstStepsAreAsLongAsTheLearningRateWhateverTheGradient(float gradient) {
        float[] parameters = {0};
        float[][] state = RuleArrays.of(ADAM, parameters);
        for (int version = 0; version < 5; version++) {
            ADAM.apply(parameters, state, new float[] {gradient}, 1, new UpdateContext(version, 0, 1));
            assertThat((double) parameters[0]).isCloseTo(-0.1 * (version + 1) * Math.signum(gradient), within(1e-4));
        }
    }

    @Test
    void aWrongCountOfTheFirstUpdatesChangesAStepByAFewTimesAtMost() {
        for (int seen = 0; seen < 200; seen++) {
            for (long version : new long[] {0, 1, 5, 50, 500, 1_000_000, Long.MAX_VALUE - 1}) {
                float[] parameters = {0};
                float[][] state = RuleArrays.of(ADAM, parameters);
                for (int i = 0; i <= seen; i++) {
                    parameters[0] = 0;
                    ADAM.apply(parameters, state, new float[] {1}, 1, new UpdateContext(version, 0, 1));
                }
                assertThat(-parameters[0] / 0.1)
                        .as("%d seen, version %d", seen, version)
                        .isBetween(0.35, 6.6);
            }
        }
    }
}
