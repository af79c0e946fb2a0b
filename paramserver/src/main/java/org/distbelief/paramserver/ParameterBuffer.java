package org.distbelief.paramserver;

import java.nio.ByteBuffer;

/**
 * A replica's memory for parameters or gradients, indexed by flat parameter index. It may consist of several segments
 * and need not have memory for every index. Reading and writing through views is not synchronised: who shares a buffer
 * between threads orders their accesses.
 */
public interface ParameterBuffer {
    /** One past the greatest index that could be asked for: the size of the model. */
    long size();

    /**
     * How far a view from {@code start} may reach.
     *
     * @return the end (exclusive) of the contiguous memory that holds {@code start}
     * @throws IndexOutOfBoundsException where there is no memory for {@code start}
     */
    long segmentEnd(long start);

    /**
     * The memory of [start, start + length) as little-endian floats. The buffer owns the memory; a view is valid as
     * long as the buffer is open, and writing to it writes to the buffer.
     *
     * @param length number of floats, at most {@code segmentEnd(start) - start}
     * @return position 0, limit {@code length * 4} bytes, little-endian order, preferably direct
     * @throws IndexOutOfBoundsException where the view would leave one segment
     */
    ByteBuffer view(long start, int length);
}
