package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** In native code, {@code vectors.c}. */
final class NativeVectors implements VectorKernels {
    /** With the numbers that {@code jni.c} has, too. */
    private enum Operation {
        FILL(0),
        COPY(1),
        SCALE(2),
        AXPY(3),
        MULTIPLY(4),
        DOT(5);

        private final int number;

        Operation(int number) {
            this.number = number;
        }
    }

    @Override
    public void fill(float value, ByteBuffer vector, int offset, int length) {
        run(Operation.FILL, value, length, null, 0, vector, offset);
    }

    @Override
    public void copy(ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length) {
        run(Operation.COPY, 0, length, from, fromOffset, to, toOffset);
    }

    @Override
    public void scale(double factor, ByteBuffer vector, int offset, int length) {
        run(Operation.SCALE, factor, length, null, 0, vector, offset);
    }

    @Override
    public void axpy(double factor, ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length) {
        run(Operation.AXPY, factor, length, from, fromOffset, to, toOffset);
    }

    @Override
    public void multiply(ByteBuffer by, int byOffset, ByteBuffer to, int toOffset, int length) {
        run(Operation.MULTIPLY, 0, length, by, byOffset, to, toOffset);
    }

    @Override
    public double dot(ByteBuffer left, int leftOffset, ByteBuffer right, int rightOffset, int length) {
        return run(Operation.DOT, 0, length, left, leftOffset, right, rightOffset);
    }

    private static double run(
            Operation operation,
            double factor,
            int length,
            @Nullable ByteBuffer from,
            int fromOffset,
            ByteBuffer to,
            int toOffset) {
        if (from != null) {
            check(from, fromOffset, length);
        }
        check(to, toOffset, length);
        return NativeRules.vector(operation.number, factor, length, from, fromOffset, to, toOffset);
    }

    private static void check(ByteBuffer floats, int offset, int length) {
        if (!floats.isDirect()) {
            throw new IllegalArgumentException("expected direct memory");
        }
        Objects.checkFromIndexSize(offset, length, floats.capacity() / Float.BYTES);
    }
}
