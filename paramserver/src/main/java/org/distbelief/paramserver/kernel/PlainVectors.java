package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;

/** In plain Java: the specification. */
final class PlainVectors implements VectorKernels {
    private static final int LANES = 16;

    private static float get(ByteBuffer floats, int index) {
        return floats.getFloat(index * Float.BYTES);
    }

    private static void set(ByteBuffer floats, int index, float value) {
        floats.putFloat(index * Float.BYTES, value);
    }

    @Override
    public void fill(float value, ByteBuffer vector, int offset, int length) {
        for (int i = 0; i < length; i++) {
            set(vector, offset + i, value);
        }
    }

    @Override
    public void copy(ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length) {
        to.put(toOffset * Float.BYTES, from, fromOffset * Float.BYTES, length * Float.BYTES);
    }

    @Override
    public void scale(double factor, ByteBuffer vector, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            set(vector, i, (float) (factor * get(vector, i)));
        }
    }

    @Override
    public void axpy(double factor, ByteBuffer from, int fromOffset, ByteBuffer to, int toOffset, int length) {
        for (int i = 0; i < length; i++) {
            set(to, toOffset + i, (float) (get(to, toOffset + i) + factor * get(from, fromOffset + i)));
        }
    }

    @Override
    public void multiply(ByteBuffer by, int byOffset, ByteBuffer to, int toOffset, int length) {
        for (int i = 0; i < length; i++) {
            set(to, toOffset + i, get(to, toOffset + i) * get(by, byOffset + i));
        }
    }

    @Override
    public double dot(ByteBuffer left, int leftOffset, ByteBuffer right, int rightOffset, int length) {
        double[] lanes = new double[LANES];
        for (int i = 0; i < length; i++) {
            lanes[i % LANES] += (double) get(left, leftOffset + i) * get(right, rightOffset + i);
        }
        for (int width = LANES / 2; width > 0; width /= 2) {
            for (int lane = 0; lane < width; lane++) {
                lanes[lane] += lanes[lane + width];
            }
        }
        return lanes[0];
    }
}
