package org.distbelief.paramserver.load;

/**
 * How long something took, since the process started. Times are in microseconds, right to one part in a hundred.
 *
 * @param count how often
 * @param mean mean; 0 where it never happened, as all times are then
 * @param p50 half of them took no longer
 * @param p90 nine of ten took no longer
 * @param p99 99 of a hundred took no longer
 * @param max the longest
 */
public record Latency(long count, long mean, long p50, long p90, long p99, long max) {
    /** That of what never happened. */
    public static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0);
}
