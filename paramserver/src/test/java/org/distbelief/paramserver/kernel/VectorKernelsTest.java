package org.distbelief.paramserver.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The native code against the specification: the same to the last bit. */
class VectorKernelsTest {
    private static final int MOST = 5000;

    private final VectorKernels plain = new PlainShardKernels().vectors();
    private final VectorKernels best = ShardKernels.best().vectors();

    private interface Operation {
        double run(VectorKernels kernels, ByteBuffer from, ByteBuffer to);
    }

    @Test
    void everyOperationGivesTheSameBits() {
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            int offset = random.nextInt(70);
            int other = random.nextInt(70);
            int length = seed == 1 ? MOST - 140 : random.nextInt(MOST - 140) >> random.nextInt(8);
            double factor = random.nextGaussian() * 1e3;
            same(seed, random, (k, from, to) -> {
                k.fill((float) factor, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.copy(from, other, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.scale(factor, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.axpy(factor, from, other, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.axpy(factor, to, offset, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.multiply(from, other, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> {
                k.multiply(to, offset, to, offset, length);
                return 0;
            });
            same(seed, random, (k, from, to) -> k.dot(from, other, to, offset, length));
            same(seed, random, (k, from, to) -> k.dot(to, offset, to, offset, length));
        }
    }

    private void same(long seed, Random random, Operation operation) {
        ByteBuffer from = random(random);
        ByteBuffer to = random(random);
        ByteBuffer expected = copy(to);
        double expectedResult = operation.run(plain, copy(from), expected);
        double result = operation.run(best, from, to);
        assertThat(to).as("seed %d", seed).isEqualTo(expected);
        assertThat(Double.doubleToRawLongBits(result))
                .as("seed %d", seed)
                .isEqualTo(Double.doubleToRawLongBits(expectedResult));
    }

    @Test
    void anElementIsRoundedOnce() {
        ByteBuffer one = floats(1 + 0x1p-23f);
        ByteBuffer to = floats(1);
        best.axpy(0.1, one, 0, to, 0, 1);
        assertThat(to.getFloat(0)).isEqualTo((float) (1 + 0.1 * (1 + 0x1p-23)));
        best.scale(1.0 / 3, one, 0, 1);
        assertThat(one.getFloat(0)).isEqualTo((float) ((1 + 0x1p-23) / 3));
    }

    @Test
    void adjacentFloatsOnlyAreChanged() {
        ByteBuffer to = floats(1, 2, 3, 4);
        best.fill(9, to, 1, 2);
        assertThat(to).isEqualTo(floats(1, 9, 9, 4));
        assertThat(best.dot(to, 1, to, 0, 3)).isEqualTo(9 * 1 + 9 * 9 + 4 * 9);
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer floats =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            floats.putFloat(i * Float.BYTES, values[i]);
        }
        return floats;
    }

    private static ByteBuffer random(Random random) {
        ByteBuffer floats = ByteBuffer.allocateDirect(MOST * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < MOST; i++) {
            floats.putFloat(i * Float.BYTES, (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 20)));
        }
        return floats;
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocateDirect(from.capacity())
                .put(from.duplicate())
                .clear()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
