package org.distbelief.paramserver;

/** Random numbers without a state: a hash of seed and position. */
final class Counter {
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private Counter() {}

    /** A number in [0, 1), one of 2^53 equally likely ones; independent for every seed, index and draw. */
    static double unit(long seed, long index, int draw) {
        long bits = mix(mix(mix(seed) + index * ODD) + draw * ODD);
        return (bits >>> 11) * 0x1.0p-53;
    }

    /** A bijection of 64 bits in which every input bit flips every output bit half of the time. */
    private static long mix(long value) {
        long z = value + ODD;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
