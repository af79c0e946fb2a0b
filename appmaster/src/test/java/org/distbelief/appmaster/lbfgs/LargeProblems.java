package org.distbelief.appmaster.lbfgs;

import java.util.Arrays;

/** Problems with any number of parameters, by their numbers in the paper that {@link Problem} names. */
final class LargeProblems {
    private LargeProblems() {}

    /** 20. */
    static double watson(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 1; i <= 29; i++) {
            double t = i / 29.0;
            double derivative = 0;
            double value = 0;
            for (int j = 0; j < x.length; j++) {
                derivative += j == 0 ? 0 : j * x[j] * Math.pow(t, j - 1);
                value += x[j] * Math.pow(t, j);
            }
            double[] row = new double[x.length];
            for (int j = 0; j < x.length; j++) {
                row[j] = (j == 0 ? 0 : j * Math.pow(t, j - 1)) - 2 * value * Math.pow(t, j);
            }
            squares.add(derivative - value * value - 1, 0, row);
        }
        squares.add(x[0], 0, 1);
        squares.add(x[1] - x[0] * x[0] - 1, 0, -2 * x[0], 1);
        return squares.sum();
    }

    /** 23. */
    static double penalty(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double small = Math.sqrt(1e-5);
        for (int i = 0; i < x.length; i++) {
            squares.add(small * (x[i] - 1), i, small);
        }
        double[] row = Arrays.stream(x).map(value -> 2 * value).toArray();
        squares.add(Arrays.stream(x).map(value -> value * value).sum() - 0.25, 0, row);
        return squares.sum();
    }

    /** 25. */
    static double variablyDimensioned(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            squares.add(x[i] - 1, i, 1);
            sum += (i + 1) * (x[i] - 1);
        }
        double[] row = new double[x.length];
        double[] squareRow = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            row[i] = i + 1;
            squareRow[i] = 2 * sum * (i + 1);
        }
        squares.add(sum, 0, row);
        squares.add(sum * sum, 0, squareRow);
        return squares.sum();
    }

    /** 26. */
    static double trigonometric(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double cosines = Arrays.stream(x).map(Math::cos).sum();
        for (int i = 0; i < x.length; i++) {
            double[] row = Arrays.stream(x).map(Math::sin).toArray();
            row[i] += (i + 1) * Math.sin(x[i]) - Math.cos(x[i]);
            squares.add(x.length - cosines + (i + 1) * (1 - Math.cos(x[i])) - Math.sin(x[i]), 0, row);
        }
        return squares.sum();
    }

    /** 27. */
    static double brownAlmostLinear(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        int last = x.length - 1;
        double sum = Arrays.stream(x).sum();
        for (int i = 0; i < last; i++) {
            double[] row = new double[x.length];
            Arrays.fill(row, 1);
            row[i]++;
            squares.add(x[i] + sum - (x.length + 1), 0, row);
        }
        double[] row = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            row[i] = 1;
            for (int j = 0; j < x.length; j++) {
                row[i] *= j == i ? 1 : x[j];
            }
        }
        squares.add(row[last] * x[last] - 1, 0, row);
        return squares.sum();
    }

    /** 28. */
    static double discreteBoundary(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double h = 1.0 / (x.length + 1);
        for (int i = 0; i < x.length; i++) {
            double shifted = x[i] + (i + 1) * h + 1;
            double own = 2 + 1.5 * h * h * shifted * shifted;
            double residual = 2 * x[i] + h * h * shifted * shifted * shifted / 2;
            addBand(squares, x, i, residual, own, -1, -1);
        }
        return squares.sum();
    }

    /** 30. */
    static double broydenTridiagonal(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 0; i < x.length; i++) {
            addBand(squares, x, i, (3 - 2 * x[i]) * x[i] + 1, 3 - 4 * x[i], -1, -2);
        }
        return squares.sum();
    }

    /** Adds a residual that also depends linearly on the parameters before and after its own. */
    private static void addBand(
            SquareSum squares, double[] x, int i, double residual, double own, double before, double after) {
        double sum = residual;
        double[] row = new double[Math.min(x.length, i + 2) - Math.max(0, i - 1)];
        int at = Math.min(i, 1);
        row[at] = own;
        if (i > 0) {
            sum += before * x[i - 1];
            row[0] = before;
        }
        if (i < x.length - 1) {
            sum += after * x[i + 1];
            row[at + 1] = after;
        }
        squares.add(sum, Math.max(0, i - 1), row);
    }

    /** 31. */
    static double broydenBanded(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 0; i < x.length; i++) {
            double[] row = new double[x.length];
            double residual = x[i] * (2 + 5 * x[i] * x[i]) + 1;
            row[i] = 2 + 15 * x[i] * x[i];
            for (int j = Math.max(0, i - 5); j <= Math.min(x.length - 1, i + 1); j++) {
                if (j != i) {
                    residual -= x[j] * (1 + x[j]);
                    row[j] = -(1 + 2 * x[j]);
                }
            }
            squares.add(residual, 0, row);
        }
        return squares.sum();
    }

    /** 32, with twice as many residuals as parameters. */
    static double linear(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        int residuals = 2 * x.length;
        double mean = 2 * Arrays.stream(x).sum() / residuals;
        for (int i = 0; i < residuals; i++) {
            double[] row = new double[x.length];
            Arrays.fill(row, -2.0 / residuals);
            if (i < x.length) {
                row[i]++;
            }
            squares.add((i < x.length ? x[i] : 0) - mean - 1, 0, row);
        }
        return squares.sum();
    }
}
