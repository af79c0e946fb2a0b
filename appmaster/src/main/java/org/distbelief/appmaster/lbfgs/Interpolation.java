package org.distbelief.appmaster.lbfgs;

import org.distbelief.appmaster.lbfgs.LineSearch.Sample;

/** Where simple functions through two samples of a line have their minimum. */
final class Interpolation {
    private Interpolation() {}

    /** Of the cubic with both losses and slopes; NaN where it has none. */
    static double cubic(Sample from, Sample to) {
        double distance = to.step() - from.step();
        double sum = from.slope() + to.slope() - 3 * (to.loss() - from.loss()) / distance;
        // Divided by the largest term, so that no square overflows.
        double largest = Math.max(Math.abs(sum), Math.max(Math.abs(from.slope()), Math.abs(to.slope())));
        double discriminant = square(sum / largest) - from.slope() / largest * (to.slope() / largest);
        double root = Math.signum(distance) * largest * (discriminant > 0 ? Math.sqrt(discriminant) : Double.NaN);
        return to.step() - distance * (to.slope() + root - sum) / (to.slope() - from.slope() + 2 * root);
    }

    /** Of the parabola with both losses and the slope of {@code from}. */
    static double parabola(Sample from, Sample to) {
        double distance = to.step() - from.step();
        double mean = (to.loss() - from.loss()) / distance;
        return from.step() + from.slope() / (from.slope() - mean) / 2 * distance;
    }

    /** Of the parabola with both slopes. */
    static double secant(Sample from, Sample to) {
        return to.step() - to.slope() / (to.slope() - from.slope()) * (to.step() - from.step());
    }

    private static double square(double value) {
        return value * value;
    }
}
