package org.distbelief.appmaster.status;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How busy a parameter shard was when it was last heard of.
 *
 * @param fetchesPerSecond fetches over the last seconds
 * @param pushesPerSecond updates applied over the last seconds
 * @param bytesInPerSecond bytes of pushes over the last seconds
 * @param bytesOutPerSecond bytes of fetches over the last seconds
 * @param connections connections open
 * @param working requests being worked on, or arriving or leaving
 * @param heapBytes Java heap in use, garbage included
 * @param directBytes direct buffers in use: vectors and what travels
 * @param staleness pushes by staleness: 0, 1, 2-3, 4-7, ...; as long as its last non-zero element
 * @param latencies since the shard's process started, by method ({@code fetch}, {@code push}, ...): from a request's
 *     first byte to the last one of its reply; and {@code pushLockWait}, the part of the pushes in which they waited
 *     for locks
 */
public record ShardWork(
        double fetchesPerSecond,
        double pushesPerSecond,
        double bytesInPerSecond,
        double bytesOutPerSecond,
        int connections,
        int working,
        long heapBytes,
        long directBytes,
        List<Long> staleness,
        Map<String, Times> latencies) {
    /** Copies list and map; missing ones are empty. */
    public ShardWork {
        staleness = List.copyOf(Objects.requireNonNullElse(staleness, List.of()));
        latencies = Map.copyOf(Objects.requireNonNullElse(latencies, Map.of()));
    }

    /**
     * How long something took, in microseconds; all 0 where it never happened.
     *
     * @param count how often
     * @param mean mean
     * @param p50 half of them took no longer
     * @param p90 nine of ten took no longer
     * @param p99 99 of a hundred took no longer
     * @param max the longest
     */
    public record Times(long count, long mean, long p50, long p90, long p99, long max) {}

    /** The times of a method. */
    public Times times(String method) {
        return latencies.getOrDefault(method, new Times(0, 0, 0, 0, 0, 0));
    }
}
