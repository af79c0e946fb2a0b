package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.BiConsumer;

/** Compares kernels with their specification. */
final class Agreement {
    private static final Kernels PLAIN = new PlainKernels();

    private Agreement() {}

    /** Whether the build found what it needs for the native library. */
    static boolean nativeLibraryIsBuilt() {
        return Agreement.class.getResource("/org/distbelief/container/kernel/linux-x86_64/libdistbelief-kernels.so")
                != null;
    }

    /**
     * Runs an operation on the specification and on other kernels, each on a copy of the same memory.
     *
     * @param tolerance greatest difference, relative to numbers above 1
     */
    static void agree(Kernels kernels, FloatMemory start, BiConsumer<Kernels, FloatMemory> operation, float tolerance) {
        FloatMemory specified = FloatMemory.of(start.toArray());
        operation.accept(PLAIN, specified);
        FloatMemory found = FloatMemory.of(start.toArray());
        operation.accept(kernels, found);
        assertClose(kernels, found, specified.toArray(), tolerance);
    }

    static void assertClose(Kernels kernels, FloatMemory found, float[] expected, float tolerance) {
        float[] values = found.toArray();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            float scale = Math.max(1, Math.abs(expected[i]));
            if (!(Math.abs(values[i] - expected[i]) <= tolerance * scale)) {
                throw new AssertionError(
                        kernels.description() + ": expected " + expected[i] + " at " + i + ", found " + values[i]);
            }
        }
    }

    static FloatMemory random(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FloatMemory.of(values);
    }
}
