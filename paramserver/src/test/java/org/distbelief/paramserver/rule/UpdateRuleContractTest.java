package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.conf.JobFileException;
import org.distbelief.paramserver.VectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every update rule must keep to; each rule that is found is checked. */
class UpdateRuleContractTest {
    private static final int LENGTH = 1003;
    private static final UpdateContext CONTEXT = new UpdateContext(10, 2, 1);
    private static final long SEED = 20121203;

    static Stream<UpdateRuleType> types() {
        return UpdateRuleType.all().stream();
    }

    /** Those that compare with what was fetched. */
    static Stream<UpdateRuleType> comparing() {
        return types().filter(type -> RuleArrays.rule(type.name()).comparesWithFetched());
    }

    @Test
    void theRulesOfTheJobFileAreFound() {
        assertThat(types().map(UpdateRuleType::name))
                .containsExactlyInAnyOrder(
                        "sgd",
                        "momentum",
                        "adagrad",
                        "rmsProp",
                        "adam",
                        "delayCompensatedSgd",
                        "adaptiveDelayCompensatedSgd");
    }

    @ParameterizedTest
    @MethodSource("types")
    void itDoesNotMatterHowAVectorIsCutIntoChunks(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        Random random = new Random(SEED);
        float[] whole = RuleArrays.gaussians(random, LENGTH, 1);
        float[] first = Arrays.copyOfRange(whole, 0, 400);
        float[] second = Arrays.copyOfRange(whole, 400, LENGTH);
        float[][] wholeState = RuleArrays.of(rule, whole);
        float[][] firstState = RuleArrays.of(rule, first);
        float[][] secondState = RuleArrays.of(rule, second);
        for (int step = 0; step < 5; step++) {
            UpdateContext context = new UpdateContext(step, step, 0.7);
            float[] gradient = RuleArrays.gaussians(random, LENGTH, 1);
            rule.apply(whole, wholeState, gradient, LENGTH, context);
            rule.apply(first, firstState, Arrays.copyOfRange(gradient, 0, 400), 400, context);
            rule.apply(second, secondState, Arrays.copyOfRange(gradient, 400, LENGTH), LENGTH - 400, context);
        }
        assertThat(Arrays.copyOfRange(whole, 0, 400)).containsExactly(first);
        assertThat(Arrays.copyOfRange(whole, 400, LENGTH)).containsExactly(second);
    }

    @ParameterizedTest
    @MethodSource("types")
    void theSchedulesFactorMultipliesTheLearningRate(UpdateRuleType type) {
        UpdateRule whole = RuleArrays.rule("{" + type.name() + ": {learningRate: 0.4}}");
        UpdateRule quarter = RuleArrays.rule("{" + type.name() + ": {learningRate: 0.1}}");
        float[] scheduled = RuleArrays.gaussians(new Random(SEED), LENGTH, 1);
        float[] fixed = scheduled.clone();
        float[][] scheduledState = RuleArrays.of(whole, scheduled);
        float[][] fixedState = RuleArrays.of(quarter, fixed);
        Random random = new Random(SEED + 1);
        for (int step = 0; step < 3; step++) {
            float[] gradient = RuleArrays.gaussians(random, LENGTH, 1);
            whole.apply(scheduled, scheduledState, gradient, LENGTH, new UpdateContext(step, 0, 0.25));
            quarter.apply(fixed, fixedState, gradient, LENGTH, new UpdateContext(step, 0, 1));
        }
        assertThat(scheduled).containsExactly(fixed, within(1e-6f));
        assertThat(scheduledState).isDeepEqualTo(fixedState);
    }

    @ParameterizedTest
    @MethodSource("types")
    void aFirstGradientOfZeroChangesNoParameter(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        float[] parameters = RuleArrays.gaussians(new Random(SEED), LENGTH, 1);
        float[] before = parameters.clone();
        rule.apply(parameters, RuleArrays.of(rule, parameters), new float[LENGTH], LENGTH, CONTEXT);
        assertThat(parameters).containsExactly(before);
    }

    @ParameterizedTest
    @MethodSource("types")
    void onlyTheFirstElementsCount(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        float[] parameters = RuleArrays.gaussians(new Random(SEED), LENGTH, 1);
        float[] before = parameters.clone();
        float[] gradient = RuleArrays.gaussians(new Random(SEED + 1), LENGTH, 1);
        float[] gradientBefore = gradient.clone();
        float[][] state = RuleArrays.of(rule, parameters);
        float[][] stateBefore = RuleArrays.of(rule, parameters);
        rule.apply(parameters, state, gradient, 17, CONTEXT);
        assertThat(Arrays.copyOfRange(parameters, 17, LENGTH)).containsExactly(Arrays.copyOfRange(before, 17, LENGTH));
        assertThat(parameters[16]).isNotEqualTo(before[16]);
        assertThat(gradient).containsExactly(gradientBefore);
        for (int s = 0; s < state.length; s++) {
            assertThat(Arrays.copyOfRange(state[s], 17, LENGTH))
                    .containsExactly(Arrays.copyOfRange(stateBefore[s], 17, LENGTH));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatARuleKeepsBeginsWithAFiniteValueUnderANameOfItsOwn(UpdateRuleType type) {
        assertThat(RuleArrays.rule(type.name()).state()).allSatisfy(vector -> {
            assertThat(vector.name()).isNotEqualTo(VectorName.PARAMETERS);
            assertThat(vector.initial()).isFinite().isNotNegative();
            assertThat(types().filter(t -> RuleArrays.rule(t.name()).state().stream()
                            .anyMatch(other -> other.name().equals(vector.name()))))
                    .as("rules that keep %s: a checkpoint must not pass for another rule's", vector.name())
                    .hasSize(1);
        });
    }

    @ParameterizedTest
    @MethodSource("comparing")
    void whatAReplicaHadFetchedIsNotChangedAndMayBeTheParametersThemselves(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        float[] fetched = RuleArrays.gaussians(new Random(SEED), LENGTH, 1);
        float[] gradient = RuleArrays.gaussians(new Random(SEED + 1), LENGTH, 1);
        float[] parameters = fetched.clone();
        float[][] state = RuleArrays.of(rule, fetched);
        rule.apply(parameters, state, gradient, LENGTH, CONTEXT);
        assertThat(state[state.length - 1]).containsExactly(fetched);

        float[] unknown = fetched.clone();
        float[][] unknownState = RuleArrays.of(rule, fetched);
        unknownState[unknownState.length - 1] = unknown;
        rule.apply(unknown, unknownState, gradient, LENGTH, CONTEXT);
        assertThat(unknown).containsExactly(parameters);
    }

    @ParameterizedTest
    @MethodSource("types")
    void tinyAndHugeGradientsLeaveFiniteParameters(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        float[] parameters = new float[6];
        float[][] state = RuleArrays.of(rule, parameters);
        float[] gradient = {0, Float.MIN_VALUE, -1e-30f, 1e-15f, 0x1p60f, -0x1p60f};
        for (int step = 0; step < 3; step++) {
            RuleArrays.fetched(rule, state, parameters);
            rule.apply(parameters, state, gradient, gradient.length, new UpdateContext(step, 0, 1));
        }
        for (float parameter : parameters) {
            assertThat(parameter).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void followsTheGradientDownhill(UpdateRuleType type) {
        UpdateRule rule = RuleArrays.rule(type.name());
        float[] parameters = {3, -2};
        float[][] state = RuleArrays.of(rule, parameters);
        float[] fetched = parameters.clone();
        for (int step = 0; step < 2000; step++) {
            RuleArrays.fetched(rule, state, fetched);
            float[] gradient = fetched;
            fetched = parameters.clone();
            rule.apply(parameters, state, gradient, 2, new UpdateContext(step, 1, 1));
        }
        assertThat(Math.abs(parameters[0]) + Math.abs(parameters[1])).isLessThan(2.5f);
        assertThat(rule.localLearningRate()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("types")
    void unknownAndImpossibleSettingsAreRefusedWithTheirLine(UpdateRuleType type) {
        assertThatThrownBy(() -> RuleArrays.rule("{" + type.name() + ": {learningRat: 1}}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining("did you mean 'learningRate'?");
        assertThatThrownBy(() -> RuleArrays.rule("{" + type.name() + ": {learningRate: -1}}"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("expected a number from 0.0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {rmsProp: {decay: 1}}                              | downpour.update.rmsProp.decay: expected a number from 0.0 to 0.999999, found '1'
                    {rmsProp: {decay: -0.1}}                           | downpour.update.rmsProp.decay: expected a number from 0.0
                    {rmsProp: {epsilon: 0}}                            | downpour.update.rmsProp.epsilon: expected a number from 1.0E-20
                    {rmsProp: {momentum: 0.9}}                         | unknown key 'momentum' in section 'downpour.update.rmsProp'
                    {adam: {beta1: 1}}                                 | downpour.update.adam.beta1: expected a number from 0.0 to 0.999999, found '1'
                    {adam: {beta2: NaN}}                               | downpour.update.adam.beta2: expected a number from 0.0 to 0.999999, found 'NaN'
                    {adam: {epsilon: 0}}                               | downpour.update.adam.epsilon: expected a number from 1.0E-20
                    {adam: {beta: 0.9}}                                | unknown key 'beta' in section 'downpour.update.adam'; did you mean 'beta1'?
                    {delayCompensatedSgd: {lambda: -1}}                | downpour.update.delayCompensatedSgd.lambda: expected a number from 0.0
                    {delayCompensatedSgd: {decay: 0.9}}                | unknown key 'decay' in section 'downpour.update.delayCompensatedSgd'
                    {adaptiveDelayCompensatedSgd: {lambda: Infinity}}  | downpour.update.adaptiveDelayCompensatedSgd.lambda: expected a number from 0.0
                    {adaptiveDelayCompensatedSgd: {decay: 1}}          | downpour.update.adaptiveDelayCompensatedSgd.decay: expected a number from 0.0 to 0.999999
                    {adaptiveDelayCompensatedSgd: {epsilon: 0}}        | downpour.update.adaptiveDelayCompensatedSgd.epsilon: expected a number from 1.0E-20
                    """)
    void wrongSettingsAreRefusedWithTheirLine(String section, String message) {
        assertThatThrownBy(() -> RuleArrays.rule(section))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining(message);
    }

    @Test
    void anUnknownRuleIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> RuleArrays.rule("adagard"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("unknown update rule 'adagard'")
                .hasMessageContaining("did you mean 'adagrad'?");
    }

    @Test
    void adagradAdvisesATenthOfGammaForTheLocalStep() {
        assertThat(RuleArrays.rule("{adagrad: {learningRate: 0.5}}").localLearningRate())
                .isEqualTo(0.05);
    }
}
