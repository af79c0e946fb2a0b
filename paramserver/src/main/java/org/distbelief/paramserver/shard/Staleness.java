package org.distbelief.paramserver.shard;

import java.util.Arrays;
import java.util.List;

/**
 * Staleness of the pushes of which the fetch is known.
 *
 * @param count pushes
 * @param sum of their staleness
 * @param max the greatest
 * @param histogram pushes by staleness: 0, 1, 2-3, 4-7, 8-15, ...; as long as its last non-zero element
 */
public record Staleness(long count, long sum, long max, List<Long> histogram) {
    /** The mean; 0 without pushes. */
    public double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    static final class Recorder {
        private final long[] histogram = new long[Long.SIZE];
        private long count;
        private long sum;
        private long max;

        synchronized void record(long staleness) {
            count++;
            sum += staleness;
            max = Math.max(max, staleness);
            histogram[Long.SIZE - Long.numberOfLeadingZeros(staleness)]++;
        }

        synchronized Staleness get() {
            int length = count == 0 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(max) + 1;
            return new Staleness(
                    count, sum, max, Arrays.stream(histogram, 0, length).boxed().toList());
        }
    }
}
