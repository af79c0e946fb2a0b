package org.distbelief.ingest.select;

import java.nio.charset.StandardCharsets;

/** A 64-bit hash of text under a seed. Different seeds or purposes give independent values. */
public final class SeededHash {
    private final long start;

    /**
     * A hash function.
     *
     * @param purpose sets apart functions that share a seed
     */
    public SeededHash(long seed, String purpose) {
        this.start = absorb(mix(seed + 0x9E3779B97F4A7C15L), purpose);
    }

    /** The hash of a text; any 64-bit value. */
    public long hash(String text) {
        return mix(absorb(start, text));
    }

    /** The hash as a number from 0 (inclusive) to 1 (exclusive). */
    public double fraction(String text) {
        return (hash(text) >>> 11) * 0x1.0p-53;
    }

    private static long absorb(long state, String text) {
        long hash = state;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ (b & 0xFF));
        }
        return hash;
    }

    /** Every bit of the input affects every bit of the output. */
    private static long mix(long value) {
        long z = value * 0xD1342543DE82EF95L + 0x2545F4914F6CDD1DL;
        z = (z ^ (z >>> 32)) * 0xBEA225F9EB34556DL;
        z = (z ^ (z >>> 29)) * 0x9FB21C651E98DF25L;
        return z ^ (z >>> 32);
    }
}
