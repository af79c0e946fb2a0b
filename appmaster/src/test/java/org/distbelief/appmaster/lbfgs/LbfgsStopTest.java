package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.conf.LineSearchConfig;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.client.VectorAlgebra;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LbfgsStopTest {
    private static final VectorAlgebra NONE = program -> new double[program.results()];

    private static LbfgsState state(int iteration, double loss, double gradient, double point, double step) {
        return new LbfgsState(
                iteration,
                VectorName.PARAMETERS,
                Names.FIRST_GRADIENT,
                loss,
                gradient,
                point,
                step,
                1,
                iteration,
                History.none());
    }

    @Test
    void aShortGradientStopsByThePointsLength() {
        Lbfgs lbfgs = new Lbfgs(Minimisation.stopping(100, 1e-3, 0), NONE);
        assertThat(lbfgs.stop(state(0, 9, 1e-3, 0.1, 0), state(0, 9, 1e-3, 0.1, 0)))
                .contains(Stop.GRADIENT);
        assertThat(lbfgs.stop(state(0, 9, 2e-3, 0.1, 0), state(0, 9, 2e-3, 0.1, 0)))
                .isEmpty();
        assertThat(lbfgs.stop(state(1, 9, 1, 50, 1), state(2, 8, 0.05, 50, 1))).contains(Stop.GRADIENT);
        assertThat(lbfgs.stop(state(1, 9, 1, 50, 1), state(2, 8, 0.06, 50, 1))).isEmpty();
    }

    @Test
    void aSmallDecreaseStopsByTheLossAndOnlyAfterAnIteration() {
        Lbfgs lbfgs = new Lbfgs(Minimisation.stopping(100, 0, 1e-3), NONE);
        assertThat(lbfgs.stop(state(4, 1000, 5, 1, 1), state(5, 999.1, 5, 1, 1)))
                .contains(Stop.LOSS);
        assertThat(lbfgs.stop(state(4, 1000, 5, 1, 1), state(5, 998.9, 5, 1, 1)))
                .isEmpty();
        assertThat(lbfgs.stop(state(4, 0.1, 5, 1, 1), state(5, 0.0995, 5, 1, 1)))
                .contains(Stop.LOSS);
        assertThat(lbfgs.stop(state(4, 0.1, 5, 1, 1), state(5, 0.098, 5, 1, 1))).isEmpty();
        assertThat(lbfgs.stop(state(4, 0.1, 5, 1, 1), state(4, 0.1, 5, 1, 1))).isEmpty();
    }

    @Test
    void iterationsAndMissingDecreaseStopAndZeroTolerancesNever() {
        Lbfgs lbfgs = new Lbfgs(Minimisation.stopping(5, 0, 0), NONE);
        assertThat(lbfgs.stop(state(3, 7, 5, 1, 1), state(4, 7, 5, 1, 1))).isEmpty();
        assertThat(lbfgs.stop(state(3, 7, 5, 1, 1), state(4, 7, 5, 1, 0))).contains(Stop.NO_DECREASE);
        assertThat(lbfgs.stop(state(4, 7, 5, 1, 1), state(5, 7, 5, 1, 1))).contains(Stop.ITERATIONS);
        assertThat(lbfgs.stop(state(4, 7, 5, 1, 1), state(5, 7, 0, 1, 1))).contains(Stop.GRADIENT);
    }

    @Test
    void whereNoStepLowersTheLossTheHistoryGoesAndThePointStays() throws Exception {
        Problem problem = Problem.all().findFirst().orElseThrow();
        InMemoryAlgebra algebra = problem.algebra();
        Objective objective = problem.objective(algebra);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);
        LbfgsState before = lbfgs.begin(objective);
        for (int i = 0; i < 4; i++) {
            before = lbfgs.iterate(before, objective);
        }
        double[] point = algebra.get(before.point());
        Objective wall = (at, gradient) -> objective.evaluate(at, gradient) + 1000;

        LbfgsState after = lbfgs.iterate(before, wall);

        assertThat(before.history().pairs()).isEqualTo(4);
        assertThat(lbfgs.stop(before, after)).contains(Stop.NO_DECREASE);
        assertThat(after.history()).isEqualTo(History.none());
        assertThat(after.point()).isEqualTo(before.point());
        assertThat(after.iteration()).isEqualTo(before.iteration() + 1);
        assertThat(after.loss()).isEqualTo(before.loss());
        assertThat(after.evaluations()).as("both searches").isBetween(2, 40);
        assertThat(after.totalEvaluations()).isEqualTo(before.totalEvaluations() + after.evaluations());
        assertThat(algebra.get(after.point())).containsExactly(point);
        assertThat(lbfgs.iterate(after, objective).loss()).isLessThan(before.loss());
    }

    @Test
    void aHistoryThatMisleadsIsDroppedForTheSteepestDescent() throws Exception {
        Problem problem = Problem.all().findFirst().orElseThrow();
        InMemoryAlgebra algebra = problem.algebra();
        Objective objective = problem.objective(algebra);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);
        LbfgsState start = lbfgs.begin(objective);
        LbfgsState bad = lbfgs.iterate(lbfgs.iterate(start, objective), objective);
        int dropped = 0;
        for (double lie : new double[] {-1e6, 1e6}) {
            // As if the gradient's products with the steps were others: one of the two leads up.
            List<Double> products = bad.history().stepGradient().stream()
                    .map(product -> product + lie)
                    .toList();
            History misleading =
                    bad.history().withGradient(products, bad.history().changeGradient());

            LbfgsState after = lbfgs.iterate(with(bad, misleading), objective);

            assertThat(after.loss()).isLessThan(bad.loss());
            List<Integer> slots = after.history().slots();
            assertThat(lbfgs.vectors(bad)).doesNotContain(Names.step(slots.get(slots.size() - 1)));
            dropped += slots.size() == 1 ? 1 : 0;
        }
        assertThat(dropped).isPositive();
    }

    private static LbfgsState with(LbfgsState state, History history) {
        return new LbfgsState(
                state.iteration(),
                state.point(),
                state.gradient(),
                state.loss(),
                state.gradientNorm(),
                state.pointNorm(),
                state.step(),
                state.evaluations(),
                state.totalEvaluations(),
                history);
    }

    /** Wood's function has a valley at 7.877 that is flat to floats. */
    static Stream<Problem> problems() {
        return Problem.all().filter(problem -> !problem.name().equals("Wood"));
    }

    /** What a network that computes with floats does: losses and vectors are rounded. */
    @ParameterizedTest
    @MethodSource("problems")
    void withFloatsItEndsSoonAndNearTheMinimum(Problem problem) throws Exception {
        InMemoryAlgebra vectors = problem.algebra();
        VectorAlgebra floats = program -> {
            List<Double> results = new ArrayList<>();
            for (ShardOperation operation : program.operations()) {
                for (double result : vectors.run(new ShardProgram(List.of(operation)))) {
                    results.add(result);
                }
                for (VectorName name : vectors.names()) {
                    vectors.set(name, rounded(vectors.get(name)));
                }
            }
            return results.stream().mapToDouble(result -> result).toArray();
        };
        Random random = new Random(1);
        Objective objective = (point, gradient) -> {
            double loss = problem.objective(vectors).evaluate(point, gradient);
            vectors.set(gradient, rounded(vectors.get(gradient)));
            return (float) (loss * (1 + 1e-7 * random.nextGaussian()));
        };
        Lbfgs lbfgs = new Lbfgs(Minimisation.stopping(500, 1e-9, 1e-9), floats);

        Minimisation.End end = Minimisation.run(lbfgs, objective);

        assertThat(end.stop()).isNotEqualTo(Stop.ITERATIONS);
        // At a loss of 2e-12 the slopes of this one are the rounding of its point: both searches end with nothing.
        int most = problem.name().equals("variably dimensioned") ? 41 : 21;
        assertThat(end.state().evaluations()).as("the last iteration").isLessThanOrEqualTo(most);
        assertThat(problem.minima())
                .as("%s", end)
                .anyMatch(minimum -> Math.abs(end.state().loss() - minimum) <= 1e-5 * Math.max(1, minimum));
    }

    private static double[] rounded(double[] values) {
        double[] floats = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void theSettingsAreTheJobs() {
        assertThatThrownBy(() -> Minimisation.withHistory(0)).hasMessageContaining("at least 1 pair, found 0");
        LineSearchConfig lineSearch = new LineSearchConfig(1e-3, 0.8, 12);
        SandblasterConfig job = new SandblasterConfig(
                17, 1000, 3, 6, Curvature.DAMP, 0.5, 1e-4, 1e-6, lineSearch, 32, 1, 1, true, true, 0);
        assertThat(LbfgsSettings.of(job))
                .isEqualTo(new LbfgsSettings(
                        17, 6, Curvature.DAMP, 0.5, 1e-4, 1e-6, lineSearch, LbfgsSettings.FLOAT_NOISE));
    }
}
