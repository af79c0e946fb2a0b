package org.distbelief.container.bench;

import java.util.Arrays;
import org.distbelief.paramserver.bench.Median;

/**
 * The median of several runs.
 *
 * @param nanoseconds of the median run
 * @param runs how many there were
 */
record Timing(double nanoseconds, int runs) {
    private static final int LEAST_RUNS = 5;
    private static final int MOST_RUNS = 10_000;

    double milliseconds() {
        return nanoseconds / 1e6;
    }

    /**
     * Runs something twice to warm up, then until the time is over.
     *
     * @param seconds time to spend, at least 5 runs
     * @param prepare done before each run and not timed
     */
    static Timing of(double seconds, Runnable prepare, Runnable run) {
        for (int i = 0; i < 2; i++) {
            prepare.run();
            run.run();
        }
        double[] times = new double[MOST_RUNS];
        int runs = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (runs < MOST_RUNS && (runs < LEAST_RUNS || System.nanoTime() < end)) {
            prepare.run();
            long start = System.nanoTime();
            run.run();
            times[runs++] = System.nanoTime() - start;
        }
        return new Timing(Median.of(Arrays.copyOf(times, runs)), runs);
    }
}
