package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every update rule must keep to; each rule that is found is checked. */
class UpdateRuleContractTest {
    private static final int LENGTH = 1003;
    private static final UpdateContext CONTEXT = new UpdateContext(10, 2, 1);
    private static final long SEED = 20121203;

    /** One parameter and its state in double precision. */
    interface Reference {
        double step(double parameter, double[] state, double gradient);
    }

    static Stream<UpdateRuleType> types() {
        return UpdateRuleType.all().stream();
    }

    @Test
    void theRulesOfTheJobFileAreFound() {
        assertThat(types().map(UpdateRuleType::name)).containsExactlyInAnyOrder("sgd", "momentum", "adagrad");
    }

    @ParameterizedTest
    @MethodSource("types")
    void agreesWithDoublePrecision(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        Reference reference = reference(rule);
        Random random = new Random(SEED);
        float[] parameters = floats(random, LENGTH, 1);
        float[][] state = initialState(rule, LENGTH);
        double[] expected = new double[LENGTH];
        double[][] expectedState = new double[LENGTH][rule.state().size()];
        for (int i = 0; i < LENGTH; i++) {
            expected[i] = parameters[i];
            for (int s = 0; s < state.length; s++) {
                expectedState[i][s] = state[s][i];
            }
        }
        for (int step = 0; step < 50; step++) {
            float[] gradient = floats(random, LENGTH, Math.pow(10, random.nextInt(6) - 3));
            rule.apply(parameters, state, gradient, LENGTH, CONTEXT);
            for (int i = 0; i < LENGTH; i++) {
                expected[i] = reference.step(expected[i], expectedState[i], gradient[i]);
            }
        }
        for (int i = 0; i < LENGTH; i++) {
            assertThat((double) parameters[i])
                    .as("parameter %d, seed %d", i, SEED)
                    .isCloseTo(expected[i], within(1e-4 * Math.max(1, Math.abs(expected[i]))));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void itDoesNotMatterHowAVectorIsCutIntoChunks(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        Random random = new Random(SEED);
        float[] whole = floats(random, LENGTH, 1);
        float[] first = Arrays.copyOfRange(whole, 0, 400);
        float[] second = Arrays.copyOfRange(whole, 400, LENGTH);
        float[][] wholeState = initialState(rule, LENGTH);
        float[][] firstState = initialState(rule, 400);
        float[][] secondState = initialState(rule, LENGTH - 400);
        for (int step = 0; step < 5; step++) {
            float[] gradient = floats(random, LENGTH, 1);
            rule.apply(whole, wholeState, gradient, LENGTH, CONTEXT);
            rule.apply(first, firstState, Arrays.copyOfRange(gradient, 0, 400), 400, CONTEXT);
            rule.apply(second, secondState, Arrays.copyOfRange(gradient, 400, LENGTH), LENGTH - 400, CONTEXT);
        }
        assertThat(Arrays.copyOfRange(whole, 0, 400)).containsExactly(first);
        assertThat(Arrays.copyOfRange(whole, 400, LENGTH)).containsExactly(second);
    }

    @ParameterizedTest
    @MethodSource("types")
    void theSchedulesFactorMultipliesTheLearningRate(UpdateRuleType type) {
        UpdateRule whole = UpdateRuleType.find(config("{" + type.name() + ": {learningRate: 0.4}}"));
        UpdateRule quarter = UpdateRuleType.find(config("{" + type.name() + ": {learningRate: 0.1}}"));
        float[] scheduled = floats(new Random(SEED), LENGTH, 1);
        float[] fixed = scheduled.clone();
        float[][] scheduledState = initialState(whole, LENGTH);
        float[][] fixedState = initialState(quarter, LENGTH);
        Random random = new Random(SEED + 1);
        for (int step = 0; step < 3; step++) {
            float[] gradient = floats(random, LENGTH, 1);
            whole.apply(scheduled, scheduledState, gradient, LENGTH, new UpdateContext(step, 0, 0.25));
            quarter.apply(fixed, fixedState, gradient, LENGTH, new UpdateContext(step, 0, 1));
        }
        assertThat(scheduled).containsExactly(fixed, within(1e-6f));
        assertThat(scheduledState).isDeepEqualTo(fixedState);
    }

    @ParameterizedTest
    @MethodSource("types")
    void aFirstGradientOfZeroChangesNoParameter(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        float[] parameters = floats(new Random(SEED), LENGTH, 1);
        float[] before = parameters.clone();
        rule.apply(parameters, initialState(rule, LENGTH), new float[LENGTH], LENGTH, CONTEXT);
        assertThat(parameters).containsExactly(before);
    }

    @ParameterizedTest
    @MethodSource("types")
    void onlyTheFirstElementsCount(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        float[] parameters = floats(new Random(SEED), LENGTH, 1);
        float[] before = parameters.clone();
        float[] gradient = floats(new Random(SEED + 1), LENGTH, 1);
        float[] gradientBefore = gradient.clone();
        rule.apply(parameters, initialState(rule, LENGTH), gradient, 17, CONTEXT);
        assertThat(Arrays.copyOfRange(parameters, 17, LENGTH)).containsExactly(Arrays.copyOfRange(before, 17, LENGTH));
        assertThat(parameters[16]).isNotEqualTo(before[16]);
        assertThat(gradient).containsExactly(gradientBefore);
    }

    @ParameterizedTest
    @MethodSource("types")
    void tinyAndHugeGradientsLeaveNoNaN(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        float[] parameters = new float[4];
        float[][] state = initialState(rule, 4);
        float[] gradient = {Float.MIN_VALUE, -1e-30f, 0x1p60f, -0x1p60f};
        for (int step = 0; step < 3; step++) {
            rule.apply(parameters, state, gradient, 4, CONTEXT);
        }
        assertThat(parameters).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @MethodSource("types")
    void followsTheGradientDownhill(UpdateRuleType type) {
        UpdateRule rule = UpdateRuleType.find(config(type.name()));
        float[] parameters = {3, -2};
        float[][] state = initialState(rule, 2);
        for (int step = 0; step < 2000; step++) {
            rule.apply(parameters, state, parameters.clone(), 2, CONTEXT);
        }
        assertThat(Math.abs(parameters[0]) + Math.abs(parameters[1])).isLessThan(2.5f);
        assertThat(rule.localLearningRate()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("types")
    void unknownAndImpossibleSettingsAreRefusedWithTheirLine(UpdateRuleType type) {
        assertThatThrownBy(() -> UpdateRuleType.find(config("{" + type.name() + ": {learningRat: 1}}")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining("did you mean 'learningRate'?");
        assertThatThrownBy(() -> UpdateRuleType.find(config("{" + type.name() + ": {learningRate: -1}}")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("expected a number from 0.0");
    }

    @Test
    void anUnknownRuleIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> UpdateRuleType.find(config("adagard")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("unknown update rule 'adagard'")
                .hasMessageContaining("did you mean 'adagrad'?");
    }

    @Test
    void adagradAdvisesATenthOfGammaForTheLocalStep() {
        assertThat(UpdateRuleType.find(config("{adagrad: {learningRate: 0.5}}")).localLearningRate())
                .isEqualTo(0.05);
    }

    private static Reference reference(UpdateRule rule) {
        if (rule instanceof Sgd sgd) {
            return (w, s, g) -> w - sgd.learningRate() * g;
        }
        if (rule instanceof Momentum momentum) {
            return (w, s, g) -> {
                s[0] = momentum.momentum() * s[0] + g;
                return w - momentum.learningRate() * s[0];
            };
        }
        if (rule instanceof Adagrad adagrad) {
            return (w, s, g) -> {
                s[0] += g * g;
                return w - adagrad.learningRate() * g / (Math.sqrt(s[0]) + adagrad.epsilon());
            };
        }
        throw new AssertionError("give rule " + rule + " a reference in double precision here");
    }

    private static float[][] initialState(UpdateRule rule, int length) {
        List<StateVector> vectors = rule.state();
        float[][] state = new float[vectors.size()][length];
        for (int s = 0; s < state.length; s++) {
            Arrays.fill(state[s], vectors.get(s).initial());
        }
        return state;
    }

    private static float[] floats(Random random, int length, double scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    private static ComponentConfig config(String update) {
        String yaml = """
                output: out
                model:
                  layers: [fullyConnected]
                data:
                  path: in
                downpour:
                  update: %s
                """.formatted(update);
        return JobFile.read("job.yaml", yaml, List.of()).config().downpour().update();
    }
}
