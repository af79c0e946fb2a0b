package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;

/**
 * Operations on stretches of vectors, in direct little-endian buffers whose position and limit play no part. Offsets
 * and lengths count floats. The two stretches of an operation are the same or do not overlap. Elements are computed in
 * double and rounded once. All implementations give the same results to the last bit. For any number of threads, each
 * on memory of its own.
 */
public interface VectorKernels {
    /** vector = value. */
    void fill(float value, ByteBuffer vector, int offset, int length);

    /** to = from. */
    void copy(ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length);

    /** vector = factor * vector. */
    void scale(double factor, ByteBuffer vector, int offset, int length);

    /** to = to + factor * from. */
    void axpy(double factor, ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length);

    /** to = to * by, element by element. */
    void multiply(ByteBuffer by, int byOffset, ByteBuffer to, int toOffset, int length);

    /**
     * The inner product. Products are exact in double; they are added up in sixteen lanes, that of element i in lane i
     * modulo 16, and then the upper half of the lanes is added to the lower one until one is left.
     */
    double dot(ByteBuffer left, int leftOffset, ByteBuffer right, int rightOffset, int length);
}
