package org.distbelief.container.bench;

import java.util.Random;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * What the machine can do at most, measured in the same run as what is compared with it.
 *
 * @param gflops 10^9 floating-point operations a second of a product of square matrices of 2,048
 * @param gigabytes 10^9 bytes a second of y = y + a x over memory much larger than the caches
 */
public record Machine(double gflops, double gigabytes) {
    private static final int SIDE = 2048;
    private static final int LARGE = 48 << 20;

    static Machine measure(Kernels kernels, double seconds) {
        FloatMemory a = random(SIDE * SIDE);
        FloatMemory b = random(SIDE * SIDE);
        FloatMemory c = FloatMemory.allocate(SIDE * SIDE);
        Timing product = Timing.of(
                seconds,
                () -> {},
                () -> kernels.multiply(false, false, SIDE, SIDE, SIDE, 1, a, SIDE, b, SIDE, 0, c, SIDE));
        FloatMemory x = FloatMemory.allocate(LARGE);
        FloatMemory y = FloatMemory.allocate(LARGE);
        Timing triad = Timing.of(seconds, () -> {}, () -> kernels.axpy(LARGE, 0.5f, x, y));
        return new Machine(
                2.0 * SIDE * SIDE * SIDE / product.nanoseconds(), 3.0 * Float.BYTES * LARGE / triad.nanoseconds());
    }

    /** Memory with numbers around 0. */
    static FloatMemory random(int size) {
        FloatMemory memory = FloatMemory.allocate(size);
        Random random = new Random(size);
        float[] some = new float[Math.min(size, 1 << 16)];
        for (int i = 0; i < some.length; i++) {
            some[i] = (float) random.nextGaussian();
        }
        for (int at = 0; at < size; at += some.length) {
            memory.write(at, some, 0, Math.min(some.length, size - at));
        }
        return memory;
    }
}
