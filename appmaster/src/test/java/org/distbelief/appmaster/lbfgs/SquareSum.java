package org.distbelief.appmaster.lbfgs;

import java.util.Arrays;

/** Adds up squares of residuals, and the gradient of that. */
final class SquareSum {
    private final double[] gradient;
    private double sum;

    /** @param gradient is overwritten */
    SquareSum(double[] gradient) {
        this.gradient = gradient;
        Arrays.fill(gradient, 0);
    }

    /**
     * Adds a residual's square.
     *
     * @param derivatives by the parameters from {@code first} on
     */
    void add(double residual, int first, double... derivatives) {
        sum += residual * residual;
        for (int i = 0; i < derivatives.length; i++) {
            gradient[first + i] += 2 * residual * derivatives[i];
        }
    }

    /** Adds a square whose residual depends on two parameters. */
    void addPair(double residual, int one, double byOne, int other, double byOther) {
        add(residual, one, byOne);
        gradient[other] += 2 * residual * byOther;
    }

    double sum() {
        return sum;
    }
}
