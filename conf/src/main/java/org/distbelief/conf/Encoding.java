package org.distbelief.conf;

/** How floats travel between a replica and a shard; both compute with 32 bits. */
public enum Encoding {
    /** IEEE 754 binary32, little-endian: as they are. */
    FLOAT32(1, Float.BYTES),
    /** The upper half of binary32: its range, with 8 bits of precision. */
    BFLOAT16(2, Short.BYTES),
    /** IEEE 754 binary16: 11 bits of precision up to 65504; what is beyond travels as that. */
    FLOAT16(3, Short.BYTES);

    private final int number;
    private final int bytes;

    Encoding(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** As native code knows it. */
    public int number() {
        return number;
    }

    /** Bytes of a float. */
    public int bytes() {
        return bytes;
    }

    /** Bytes of so many floats. */
    public long bytes(long floats) {
        return floats * bytes;
    }
}
