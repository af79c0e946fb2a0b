package org.distbelief.paramserver.bench;

import java.util.Arrays;

/** The figure that counts of those that were taken again and again. */
public final class Median {
    private Median() {}

    /** The middle one, or the mean of the two in the middle; NaN where there are none. */
    public static double of(double... figures) {
        if (figures.length == 0) {
            return Double.NaN;
        }
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
