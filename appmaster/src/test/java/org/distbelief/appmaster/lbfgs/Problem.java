package org.distbelief.appmaster.lbfgs;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.InMemoryAlgebra;

/**
 * Problems of Moré, Garbow and Hillstrom, "Testing unconstrained optimization software", ACM Transactions on
 * Mathematical Software 7, 1981.
 *
 * @param scipy how many losses and gradients SciPy 1.17.1's L-BFGS-B (m = 10, ftol 1e-16, gtol 1e-12) computes from the
 *     start until one of them is {@link #solved}
 * @param start the paper's starting point
 * @param minima the paper's
 */
record Problem(String name, Function function, int scipy, List<Double> start, List<Double> minima) {
    /** SciPy ends at 214.3, where the two parameters are alike. */
    private static final int NEVER = 1000;

    /** A function and its gradient, which is overwritten. */
    @FunctionalInterface
    interface Function {
        double at(double[] x, double[] gradient);
    }

    static Stream<Problem> all() {
        return Stream.of(
                of("Rosenbrock", SmallProblems::rosenbrock, 43, start(-1.2, 1), 0),
                of("Freudenstein-Roth", SmallProblems::freudensteinRoth, 19, start(0.5, -2), 0, 48.98425367924),
                of("Beale", SmallProblems::beale, 15, start(1, 1), 0),
                of("Jennrich-Sampson", SmallProblems::jennrichSampson, NEVER, start(0.3, 0.4), 124.362182355615),
                of("helical valley", SmallProblems::helicalValley, 31, start(-1, 0, 0), 0),
                of("Bard", SmallProblems::bard, 23, start(1, 1, 1), 8.21487730657897e-3, 17.4286933333333),
                of("box", SmallProblems::box, 37, start(0, 10, 20), 0),
                of("Powell singular", SmallProblems::powellSingular, 39, start(3, -1, 0, 1), 0),
                of("Wood", SmallProblems::wood, 112, start(-3, -1, -3, -1), 0),
                of("Kowalik-Osborne", SmallProblems::kowalikOsborne, 33, start(.25, .39, .415, .39), 3.07505603849e-4),
                of("Brown-Dennis", SmallProblems::brownDennis, 18, start(25, 5, -5, -1), 85822.2016263563),
                of("Biggs", SmallProblems::biggs, 41, start(1, 2, 1, 1, 1, 1), 0, 5.65565e-3),
                of("Watson", LargeProblems::watson, 54, start(6, i -> 0), 2.28767005355e-3),
                of("extended Rosenbrock", SmallProblems::rosenbrock, 44, start(1000, i -> i % 2 == 0 ? -1.2 : 1), 0),
                of("extended Powell", SmallProblems::powellSingular, 42, start(1000, Problem::ofPowell), 0),
                of("penalty", LargeProblems::penalty, 63, start(10, i -> i + 1), 7.08765146709e-5),
                of("variably dimensioned", LargeProblems::variablyDimensioned, 19, start(10, i -> 0.9 - i / 10.0), 0),
                of("trigonometric", LargeProblems::trigonometric, 28, start(10, i -> 0.1), 0, 2.79506e-5),
                of("Brown almost-linear", LargeProblems::brownAlmostLinear, 17, start(10, i -> 0.5), 0, 1),
                of("discrete boundary", LargeProblems::discreteBoundary, 39, start(10, Problem::ofBoundary), 0),
                of("Broyden tridiagonal", LargeProblems::broydenTridiagonal, 16, start(10, i -> -1), 0),
                of("Broyden banded", LargeProblems::broydenBanded, 11, start(10, i -> -1), 0),
                of("linear", LargeProblems::linear, 3, start(10, i -> 1), 10));
    }

    private static Problem of(String name, Function function, int scipy, List<Double> start, double... minima) {
        return new Problem(
                name, function, scipy, start, Arrays.stream(minima).boxed().toList());
    }

    private static List<Double> start(double... values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<Double> start(int length, IntToDoubleFunction value) {
        return IntStream.range(0, length).mapToDouble(value).boxed().toList();
    }

    private static double ofPowell(int index) {
        return List.of(3, -1, 0, 1).get(index % 4);
    }

    private static double ofBoundary(int index) {
        double t = (index + 1) / 11.0;
        return t * (t - 1);
    }

    double[] startValues() {
        return start.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Whether a loss is within 1e-8 of a minimum, or that share of it. */
    boolean solved(double loss) {
        return minima.stream().anyMatch(minimum -> Math.abs(loss - minimum) <= 1e-8 * Math.max(1, minimum));
    }

    /** An algebra whose parameters are the start. */
    InMemoryAlgebra algebra() {
        InMemoryAlgebra algebra = new InMemoryAlgebra(start.size());
        algebra.set(VectorName.PARAMETERS, startValues());
        return algebra;
    }

    /** The problem on the vectors of an algebra. */
    Objective objective(InMemoryAlgebra algebra) {
        return (point, gradient) -> {
            double[] values = new double[start.size()];
            double loss = function.at(algebra.get(point), values);
            algebra.set(gradient, values);
            return loss;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
