package org.distbelief.paramserver.storage;

import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.VectorName;

/**
 * A stretch of a vector within a file.
 *
 * @param vector which vector
 * @param start first flat index
 * @param end one past the last
 * @param offset byte of the file at which the slice starts
 * @param crc32c checksum of the slice's bytes, as 8 hexadecimal digits
 */
public record Slice(VectorName vector, long start, long end, long offset, String crc32c) {
    /** Most floats of one slice. */
    public static final int FLOATS = 4 << 20;

    /** @throws IllegalArgumentException where the range is empty or the offset negative */
    public Slice {
        if (new Range(start, end).size() > FLOATS || offset < 0) {
            throw new IllegalArgumentException("expected a slice of 1 to " + FLOATS
                    + " floats at an offset from 0, found [" + start + ", " + end + ") at " + offset);
        }
    }

    /** The slice's indices. */
    public Range range() {
        return new Range(start, end);
    }

    /** Bytes of the slice. */
    public long bytes() {
        return (end - start) * Float.BYTES;
    }
}
