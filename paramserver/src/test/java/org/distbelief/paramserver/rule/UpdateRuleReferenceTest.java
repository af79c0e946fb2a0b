package org.distbelief.paramserver.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every update rule against its formula in double precision, on random updates. */
class UpdateRuleReferenceTest {
    private static final int LENGTH = 503;
    private static final int UPDATES = 50;
    private static final List<Long> SEEDS = List.of(20121203L, 1L, 2L);

    private static final List<String> SETTINGS = List.of(
            "sgd",
            "momentum",
            "{momentum: {learningRate: 0.03, momentum: 0.5}}",
            "adagrad",
            "{adagrad: {learningRate: 0.5, epsilon: 0.01, initialAccumulator: 2}}",
            "rmsProp",
            "{rmsProp: {learningRate: 0.1, decay: 0.99, epsilon: 0.01}}",
            "{rmsProp: {learningRate: 0.1, decay: 0}}",
            "adam",
            "{adam: {learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 0.01}}",
            "{adam: {learningRate: 0.1, beta1: 0, beta2: 0.999999}}",
            "delayCompensatedSgd",
            "{delayCompensatedSgd: {learningRate: 0.02, lambda: 0.3}}",
            "adaptiveDelayCompensatedSgd",
            "{adaptiveDelayCompensatedSgd: {learningRate: 0.02, lambda: 0.5, decay: 0, epsilon: 0.1}}");

    /** The update of one parameter in double precision. */
    interface Reference {
        /**
         * The parameter after an update.
         *
         * @param s the parameter's state, changed in place
         * @param fetched the parameter as the replica knew it
         */
        double update(double w, double[] s, double g, double fetched, UpdateContext context);
    }

    static Stream<Arguments> settings() {
        return SETTINGS.stream().flatMap(s -> SEEDS.stream().map(seed -> Arguments.of(s, seed)));
    }

    @Test
    void everyRuleIsHere() {
        assertThat(UpdateRuleType.all()).allSatisfy(type -> assertThat(SETTINGS).contains(type.name()));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void agreesWithDoublePrecision(String settings, long seed) {
        UpdateRule rule = RuleArrays.rule(settings);
        Reference reference = reference(rule);
        Random random = new Random(seed);
        float[] parameters = RuleArrays.gaussians(random, LENGTH, 1);
        float[][] state = RuleArrays.of(rule, parameters);
        double[] expected = new double[LENGTH];
        double[][] expectedState = new double[LENGTH][rule.state().size()];
        for (int i = 0; i < LENGTH; i++) {
            expected[i] = parameters[i];
            for (int s = 0; s < rule.state().size(); s++) {
                expectedState[i][s] = state[s][i];
            }
        }
        for (int update = 0; update < UPDATES; update++) {
            float[] gradient = RuleArrays.gaussians(random, LENGTH, Math.pow(10, random.nextInt(5) - 3));
            float[] fetched = parameters.clone();
            for (int i = 0; i < LENGTH; i++) {
                fetched[i] += 0.1f * (float) random.nextGaussian();
            }
            RuleArrays.fetched(rule, state, fetched);
            UpdateContext context = new UpdateContext(update, 3, random.nextDouble());
            rule.apply(parameters, state, gradient, LENGTH, context);
            for (int i = 0; i < LENGTH; i++) {
                expected[i] = reference.update(expected[i], expectedState[i], gradient[i], fetched[i], context);
            }
        }
        for (int i = 0; i < LENGTH; i++) {
            assertClose(parameters[i], expected[i], "parameter " + i);
            for (int s = 0; s < rule.state().size(); s++) {
                assertClose(
                        state[s][i],
                        expectedState[i][s],
                        "element " + i + " of " + rule.state().get(s));
            }
        }
    }

    private static void assertClose(double found, double expected, String what) {
        assertThat(found).as(what).isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
    }

    private static Reference reference(UpdateRule rule) {
        if (rule instanceof Sgd sgd) {
            return (w, s, g, fetched, context) -> w - sgd.learningRate() * context.rateFactor() * g;
        }
        if (rule instanceof Momentum momentum) {
            return (w, s, g, fetched, context) -> {
                s[0] = momentum.momentum() * s[0] + g;
                return w - momentum.learningRate() * context.rateFactor() * s[0];
            };
        }
        if (rule instanceof Adagrad adagrad) {
            return (w, s, g, fetched, context) -> {
                s[0] += g * g;
                return w - adagrad.learningRate() * context.rateFactor() * g / (Math.sqrt(s[0]) + adagrad.epsilon());
            };
        }
        if (rule instanceof RmsProp rmsProp) {
            return (w, s, g, fetched, context) -> {
                s[0] = rmsProp.decay() * s[0] + (1 - rmsProp.decay()) * g * g;
                return w - rmsProp.learningRate() * context.rateFactor() * g / (Math.sqrt(s[0]) + rmsProp.epsilon());
            };
        }
        if (rule instanceof Adam adam) {
            return (w, s, g, fetched, context) -> {
                s[0] = adam.beta1() * s[0] + (1 - adam.beta1()) * g;
                s[1] = adam.beta2() * s[1] + (1 - adam.beta2()) * g * g;
                double mean = s[0] / (1 - Math.pow(adam.beta1(), context.version() + 1.0));
                double square = s[1] / (1 - Math.pow(adam.beta2(), context.version() + 1.0));
                return w - adam.learningRate() * context.rateFactor() * mean / (Math.sqrt(square) + adam.epsilon());
            };
        }
        if (rule instanceof DelayCompensatedSgd sgd) {
            return (w, s, g, fetched, context) ->
                    w - sgd.learningRate() * context.rateFactor() * (g + sgd.lambda() * g * g * (w - fetched));
        }
        if (rule instanceof AdaptiveDelayCompensatedSgd sgd) {
            return (w, s, g, fetched, context) -> {
                s[0] = sgd.decay() * s[0] + (1 - sgd.decay()) * g * g;
                double lambda = sgd.lambda() / Math.sqrt(s[0] + sgd.epsilon());
                return w - sgd.learningRate() * context.rateFactor() * (g + lambda * g * g * (w - fetched));
            };
        }
        throw new AssertionError("give rule " + rule + " a reference in double precision here");
    }
}
