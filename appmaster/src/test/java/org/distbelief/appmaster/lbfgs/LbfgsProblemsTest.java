package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Finds published minima, with no more evaluations than others take. */
class LbfgsProblemsTest {
    static Stream<Problem> problems() {
        return Problem.all();
    }

    /**
     * Those that Commons Math solves. Not the variably dimensioned one: the first gradient points close to its minimum,
     * and 18 losses and 2 gradients are enough.
     */
    static Stream<Problem> problemsForBoth() {
        List<String> others = List.of("Kowalik-Osborne", "Biggs", "Watson", "trigonometric", "variably dimensioned");
        return problems().filter(problem -> !others.contains(problem.name()));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void theGradientOfTheProblemIsThatOfItsLoss(Problem problem) {
        double[] x = problem.startValues();
        double[] gradient = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] += 0.01 * Math.sin(i + 1);
        }
        problem.function().at(x, gradient);
        for (int i = 0; i < Math.min(12, x.length); i++) {
            double by = 1e-6 * Math.max(1, Math.abs(x[i]));
            double[] before = x.clone();
            double[] after = x.clone();
            before[i] -= by;
            after[i] += by;
            double[] unused = new double[x.length];
            double slope =
                    (problem.function().at(after, unused) - problem.function().at(before, unused)) / (2 * by);
            assertThat(gradient[i]).isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void thePublishedMinimumIsFoundWithFewEvaluations(Problem problem) throws Exception {
        InMemoryAlgebra algebra = problem.algebra();
        Counted counted = new Counted(problem, problem.objective(algebra));

        Minimisation.End end = Minimisation.run(new Lbfgs(Minimisation.settings(), algebra), counted);

        assertThat(problem.solved(end.state().loss())).as("%s", end.state()).isTrue();
        assertThat(end.stop()).isIn(Stop.GRADIENT, Stop.NO_DECREASE);
        assertThat(end.state().totalEvaluations()).isEqualTo(counted.evaluations);
        assertThat(counted.untilSolved)
                .as("SciPy took %d", problem.scipy())
                .isPositive()
                .isLessThanOrEqualTo(2 * problem.scipy());
    }

    @ParameterizedTest
    @MethodSource("problemsForBoth")
    void conjugateGradientsTakeMoreEvaluations(Problem problem) throws Exception {
        AtomicInteger theirs = new AtomicInteger();
        double found = conjugateGradients(problem, theirs);
        assertThat(problem.solved(found)).as("theirs: %s", found).isTrue();

        InMemoryAlgebra algebra = problem.algebra();
        Counted counted = new Counted(problem, problem.objective(algebra));
        Minimisation.End end = Minimisation.run(new Lbfgs(Minimisation.settings(), algebra), counted);

        assertThat(end.state().loss()).isCloseTo(found, within(2e-8 * Math.max(1, found)));
        assertThat(counted.untilSolved).isLessThanOrEqualTo(theirs.get());
    }

    /**
     * The loss that Commons Math ends with; counts losses until the first one that solves the problem. Its line search
     * looks at losses alone, so its gradients are not counted.
     */
    private static double conjugateGradients(Problem problem, AtomicInteger losses) {
        AtomicBoolean solved = new AtomicBoolean();
        return new NonLinearConjugateGradientOptimizer(
                        NonLinearConjugateGradientOptimizer.Formula.POLAK_RIBIERE, new SimpleValueChecker(1e-16, 1e-14))
                .optimize(
                        new MaxEval(100_000),
                        GoalType.MINIMIZE,
                        new InitialGuess(problem.startValues()),
                        new ObjectiveFunction(x -> {
                            double loss = problem.function().at(x, new double[x.length]);
                            if (!solved.get()) {
                                losses.incrementAndGet();
                                solved.set(problem.solved(loss));
                            }
                            return loss;
                        }),
                        new ObjectiveFunctionGradient(x -> {
                            double[] gradient = new double[x.length];
                            problem.function().at(x, gradient);
                            return gradient;
                        }))
                .getValue();
    }

    /** Notes how many evaluations it took to solve the problem. */
    private static final class Counted implements Objective {
        private final Problem problem;
        private final Objective objective;
        private int evaluations;
        private int untilSolved;

        Counted(Problem problem, Objective objective) {
            this.problem = problem;
            this.objective = objective;
        }

        @Override
        public double evaluate(VectorName point, VectorName gradient)
                throws IOException, ShardException, InterruptedException {
            double loss = objective.evaluate(point, gradient);
            evaluations++;
            if (untilSolved == 0 && problem.solved(loss)) {
                untilSolved = evaluations;
            }
            return loss;
        }
    }
}
