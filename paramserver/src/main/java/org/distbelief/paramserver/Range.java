package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A half-open, non-empty range [start, end) of indices into the flat parameter vector.
 *
 * @param start first index, at least 0
 * @param end one past the last index, greater than {@code start}
 */
public record Range(long start, long end) implements Comparable<Range> {
    /** @throws IllegalArgumentException where the range is empty, reversed or negative */
    @JsonCreator
    public Range(@JsonProperty("start") long start, @JsonProperty("end") long end) {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException(
                    "expected a range with 0 <= start < end, found start " + start + " and end " + end);
        }
        this.start = start;
        this.end = end;
    }

    /** Number of indices, at least 1. */
    public long size() {
        return end - start;
    }

    /** Orders by start, then by end. */
    @Override
    public int compareTo(Range other) {
        int byStart = Long.compare(start, other.start);
        return byStart != 0 ? byStart : Long.compare(end, other.end);
    }

    @Override
    public String toString() {
        return "[" + start + ", " + end + ")";
    }
}
