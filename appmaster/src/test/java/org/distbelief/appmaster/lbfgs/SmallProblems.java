package org.distbelief.appmaster.lbfgs;

/** Problems with a few parameters, by their numbers in the paper that {@link Problem} names. */
final class SmallProblems {
    private SmallProblems() {}

    /** 1 and 21. */
    static double rosenbrock(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 0; i < x.length; i += 2) {
            squares.add(10 * (x[i + 1] - x[i] * x[i]), i, -20 * x[i], 10);
            squares.add(1 - x[i], i, -1);
        }
        return squares.sum();
    }

    /** 2. */
    static double freudensteinRoth(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double y = x[1];
        squares.add(-13 + x[0] + ((5 - y) * y - 2) * y, 0, 1, 10 * y - 3 * y * y - 2);
        squares.add(-29 + x[0] + ((y + 1) * y - 14) * y, 0, 1, 3 * y * y + 2 * y - 14);
        return squares.sum();
    }

    /** 5. */
    static double beale(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double[] targets = {1.5, 2.25, 2.625};
        for (int i = 1; i <= 3; i++) {
            double power = Math.pow(x[1], i);
            squares.add(targets[i - 1] - x[0] * (1 - power), 0, power - 1, x[0] * i * Math.pow(x[1], i - 1));
        }
        return squares.sum();
    }

    /** 6. */
    static double jennrichSampson(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 1; i <= 10; i++) {
            double first = Math.exp(i * x[0]);
            double second = Math.exp(i * x[1]);
            squares.add(2 + 2 * i - (first + second), 0, -i * first, -i * second);
        }
        return squares.sum();
    }

    /** 7. */
    static double helicalValley(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double square = x[0] * x[0] + x[1] * x[1];
        double radius = Math.sqrt(square);
        double turn = Math.atan(x[1] / x[0]) / (2 * Math.PI) + (x[0] < 0 ? 0.5 : 0);
        double perTurn = 100 / (2 * Math.PI * square);
        squares.add(10 * (x[2] - 10 * turn), 0, perTurn * x[1], -perTurn * x[0], 10);
        squares.add(10 * (radius - 1), 0, 10 * x[0] / radius, 10 * x[1] / radius);
        squares.add(x[2], 2, 1);
        return squares.sum();
    }

    /** 8. */
    static double bard(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double[] y = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
        for (int i = 0; i < y.length; i++) {
            double u = i + 1;
            double v = 15 - i;
            double w = Math.min(u, v);
            double below = v * x[1] + w * x[2];
            double by = u / (below * below);
            squares.add(y[i] - (x[0] + u / below), 0, -1, by * v, by * w);
        }
        return squares.sum();
    }

    /** 12. */
    static double box(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 1; i <= 10; i++) {
            double t = 0.1 * i;
            double first = Math.exp(-t * x[0]);
            double second = Math.exp(-t * x[1]);
            double third = Math.exp(-t) - Math.exp(-10 * t);
            squares.add(first - second - x[2] * third, 0, -t * first, t * second, -third);
        }
        return squares.sum();
    }

    /** 13 and 22. */
    static double powellSingular(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 0; i < x.length; i += 4) {
            squares.add(x[i] + 10 * x[i + 1], i, 1, 10);
            squares.add(Math.sqrt(5) * (x[i + 2] - x[i + 3]), i + 2, Math.sqrt(5), -Math.sqrt(5));
            double middle = x[i + 1] - 2 * x[i + 2];
            squares.add(middle * middle, i + 1, 2 * middle, -4 * middle);
            double outer = x[i] - x[i + 3];
            double by = 2 * Math.sqrt(10) * outer;
            squares.addPair(Math.sqrt(10) * outer * outer, i, by, i + 3, -by);
        }
        return squares.sum();
    }

    /** 14. */
    static double wood(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        squares.add(10 * (x[1] - x[0] * x[0]), 0, -20 * x[0], 10);
        squares.add(1 - x[0], 0, -1);
        squares.add(Math.sqrt(90) * (x[3] - x[2] * x[2]), 2, -2 * Math.sqrt(90) * x[2], Math.sqrt(90));
        squares.add(1 - x[2], 2, -1);
        squares.addPair(Math.sqrt(10) * (x[1] + x[3] - 2), 1, Math.sqrt(10), 3, Math.sqrt(10));
        squares.addPair((x[1] - x[3]) / Math.sqrt(10), 1, 1 / Math.sqrt(10), 3, -1 / Math.sqrt(10));
        return squares.sum();
    }

    /** 15. */
    static double kowalikOsborne(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        double[] y = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
        double[] u = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
        for (int i = 0; i < y.length; i++) {
            double above = u[i] * (u[i] + x[1]);
            double below = u[i] * (u[i] + x[2]) + x[3];
            double by = x[0] * above / (below * below);
            squares.add(y[i] - x[0] * above / below, 0, -above / below, -x[0] * u[i] / below, by * u[i], by);
        }
        return squares.sum();
    }

    /** 16. */
    static double brownDennis(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 1; i <= 20; i++) {
            double t = i / 5.0;
            double first = x[0] + t * x[1] - Math.exp(t);
            double second = x[2] + x[3] * Math.sin(t) - Math.cos(t);
            squares.add(
                    first * first + second * second, 0, 2 * first, 2 * first * t, 2 * second, 2 * second * Math.sin(t));
        }
        return squares.sum();
    }

    /** 18. */
    static double biggs(double[] x, double[] gradient) {
        SquareSum squares = new SquareSum(gradient);
        for (int i = 1; i <= 13; i++) {
            double t = 0.1 * i;
            double first = Math.exp(-t * x[0]);
            double second = Math.exp(-t * x[1]);
            double third = Math.exp(-t * x[4]);
            double y = Math.exp(-t) - 5 * Math.exp(-10 * t) + 3 * Math.exp(-4 * t);
            squares.add(
                    x[2] * first - x[3] * second + x[5] * third - y,
                    0,
                    -t * x[2] * first,
                    t * x[3] * second,
                    first,
                    -second,
                    -t * x[5] * third,
                    third);
        }
        return squares.sum();
    }
}
