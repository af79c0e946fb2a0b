package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;

/**
 * An operation on stretches of two vectors, in direct little-endian buffers whose position and limit play no part.
 * Offsets count floats. The two stretches are the same or do not overlap.
 *
 * @param factor of {@link Kind#SCALE} and {@link Kind#AXPY}; the value of {@link Kind#FILL}; otherwise not used
 * @param to what is changed, or one of the factors of {@link Kind#DOT}
 * @param toOffset where the stretch begins in it
 * @param from what is read besides; the same where nothing is
 * @param fromOffset where the stretch begins in it
 */
public record VectorStep(Kind kind, double factor, ByteBuffer to, int toOffset, ByteBuffer from, int fromOffset) {
    /** With the numbers that {@code vectors.h} has, too. */
    public enum Kind {
        /** to = factor, as a float. */
        FILL(0),
        /** to = from. */
        COPY(1),
        /** to = factor * to. */
        SCALE(2),
        /** to = to + factor * from. */
        AXPY(3),
        /** to = to * from, element by element, in float. */
        MULTIPLY(4),
        /** The inner product of the two. */
        DOT(5);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** On the beginnings of buffers. */
    public VectorStep(Kind kind, double factor, ByteBuffer to, ByteBuffer from) {
        this(kind, factor, to, 0, from, 0);
    }
}
