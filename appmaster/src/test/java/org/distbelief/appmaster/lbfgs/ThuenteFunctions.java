package org.distbelief.appmaster.lbfgs;

import org.distbelief.appmaster.lbfgs.LineSearch.Sample;

/** The lines of Moré and Thuente's paper of 1994 (section 5), by their numbers. */
final class ThuenteFunctions {
    private ThuenteFunctions() {}

    static LineSearch.Line line(int number) {
        return switch (number) {
            case 1 -> ThuenteFunctions::first;
            case 2 -> ThuenteFunctions::second;
            case 3 -> ThuenteFunctions::third;
            case 4 -> step -> fromTwo(step, 0.001, 0.001);
            case 5 -> step -> fromTwo(step, 0.01, 0.001);
            case 6 -> step -> fromTwo(step, 0.001, 0.01);
            default -> throw new IllegalArgumentException("expected 1 to 6, found " + number);
        };
    }

    private static Sample first(double step) {
        double below = step * step + 2;
        return new Sample(step, -step / below, (step * step - 2) / (below * below));
    }

    private static Sample second(double step) {
        double shifted = step + 0.004;
        return new Sample(
                step,
                Math.pow(shifted, 5) - 2 * Math.pow(shifted, 4),
                5 * Math.pow(shifted, 4) - 8 * Math.pow(shifted, 3));
    }

    private static Sample third(double step) {
        double width = 0.01;
        double waves = 39 * Math.PI / 2;
        double wave = (1 - width) / waves * Math.sin(waves * step);
        double waveSlope = (1 - width) * Math.cos(waves * step);
        if (Math.abs(step - 1) < width) {
            double valley = (step - 1) * (step - 1) / (2 * width) + width / 2;
            return new Sample(step, valley + wave, (step - 1) / width + waveSlope);
        }
        return new Sample(step, Math.abs(step - 1) + wave, Math.signum(step - 1) + waveSlope);
    }

    private static Sample fromTwo(double step, double one, double other) {
        double rising = Math.hypot(step, one);
        double falling = Math.hypot(1 - step, other);
        double slope = weight(one) * (step - 1) / falling + weight(other) * step / rising;
        return new Sample(step, weight(one) * falling + weight(other) * rising, slope);
    }

    private static double weight(double width) {
        return Math.hypot(1, width) - width;
    }
}
