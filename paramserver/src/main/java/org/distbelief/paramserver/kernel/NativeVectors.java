package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/** In native code, {@code vectors.c}: one call for all steps. */
final class NativeVectors implements VectorKernels {
    @Override
    public void run(List<VectorStep> steps, int length, double[] sums) {
        int count = steps.size();
        int[] operations = new int[count];
        double[] factors = new double[count];
        ByteBuffer[] to = new ByteBuffer[count];
        int[] toOffsets = new int[count];
        ByteBuffer[] from = new ByteBuffer[count];
        int[] fromOffsets = new int[count];
        int dots = 0;
        for (int i = 0; i < count; i++) {
            VectorStep step = steps.get(i);
            check(step.to(), step.toOffset(), length);
            check(step.from(), step.fromOffset(), length);
            operations[i] = step.kind().number();
            factors[i] = step.factor();
            to[i] = step.to();
            toOffsets[i] = step.toOffset();
            from[i] = step.from();
            fromOffsets[i] = step.fromOffset();
            dots += step.kind() == VectorStep.Kind.DOT ? 1 : 0;
        }
        Objects.checkFromIndexSize(0, dots, sums.length);
        if (!NativeRules.vectors(length, operations, factors, to, toOffsets, from, fromOffsets, sums)) {
            throw new OutOfMemoryError("no native memory for a program of " + count + " operations");
        }
    }

    private static void check(ByteBuffer floats, int offset, int length) {
        if (!floats.isDirect()) {
            throw new IllegalArgumentException("expected direct memory");
        }
        Objects.checkFromIndexSize(offset, length, floats.capacity() / Float.BYTES);
    }
}
