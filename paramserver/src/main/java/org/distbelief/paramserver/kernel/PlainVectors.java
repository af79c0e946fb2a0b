package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.List;

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
    public void run(List<VectorStep> steps, int length, double[] sums) {
        for (int start = 0; start < length; start += BLOCK) {
            int count = Math.min(BLOCK, length - start);
            int sum = 0;
            for (VectorStep step : steps) {
                if (step.kind() == VectorStep.Kind.DOT) {
                    sums[sum++] += dot(step, start, count);
                } else {
                    change(step, start, count);
                }
            }
        }
    }

    private static void change(VectorStep step, int start, int count) {
        double factor = step.factor();
        for (int i = start; i < start + count; i++) {
            int at = step.toOffset() + i;
            float to = get(step.to(), at);
            float from = get(step.from(), step.fromOffset() + i);
            set(
                    step.to(),
                    at,
                    switch (step.kind()) {
                        case FILL -> (float) factor;
                        case COPY -> from;
                        case SCALE -> (float) (factor * to);
                        case AXPY -> (float) (to + factor * from);
                        case MULTIPLY -> to * from;
                        case DOT -> throw new IllegalArgumentException("an inner product changes nothing");
                    });
        }
    }

    private static double dot(VectorStep step, int start, int count) {
        double[] lanes = new double[LANES];
        for (int i = 0; i < count; i++) {
            float one = get(step.to(), step.toOffset() + start + i);
            lanes[i % LANES] += (double) one * get(step.from(), step.fromOffset() + start + i);
        }
        for (int width = LANES / 2; width > 0; width /= 2) {
            for (int lane = 0; lane < width; lane++) {
                lanes[lane] += lanes[lane + width];
            }
        }
        return lanes[0];
    }
}
