package org.distbelief.paramserver.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The native code against the specification: the same to the last bit. */
class VectorKernelsTest {
    private static final int MOST = 5000;
    private static final List<VectorStep.Kind> KINDS = List.of(VectorStep.Kind.values());

    private final VectorKernels plain = new PlainShardKernels().vectors();
    private final VectorKernels best = ShardKernels.best().vectors();

    @Test
    void everyOperationGivesTheSameBits() {
        for (long seed = 1; seed <= 60; seed++) {
            for (VectorStep.Kind kind : KINDS) {
                Random random = new Random(seed);
                int length = seed == 1 ? MOST - 140 : random.nextInt(MOST - 140) >> random.nextInt(8);
                same(seed, length, 2, List.of(step(kind, random, 0, 1)));
                same(seed, length, 1, List.of(step(kind, random, 0, 0)));
            }
        }
    }

    @Test
    void programsGiveTheSameBits() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            int vectors = 1 + random.nextInt(6);
            int length = random.nextInt(MOST - 140) >> random.nextInt(8);
            List<Step> steps = new ArrayList<>();
            while (random.nextInt(40) > 0) {
                // Many inner products in a row, which have factors in common.
                VectorStep.Kind kind =
                        random.nextBoolean() ? VectorStep.Kind.DOT : KINDS.get(random.nextInt(KINDS.size()));
                steps.add(step(kind, random, random.nextInt(vectors), random.nextInt(vectors)));
            }
            same(seed, length, vectors, steps);
        }
    }

    /** A step on vectors by their numbers. */
    private record Step(VectorStep.Kind kind, double factor, int to, int from) {
        VectorStep on(List<ByteBuffer> vectors) {
            // Each vector's stretch begins elsewhere.
            return new VectorStep(kind, factor, vectors.get(to), 7 * to, vectors.get(from), 7 * from);
        }
    }

    private static Step step(VectorStep.Kind kind, Random random, int to, int from) {
        return new Step(kind, random.nextGaussian(), to, from);
    }

    private void same(long seed, int length, int vectors, List<Step> steps) {
        Random random = new Random(-seed);
        List<ByteBuffer> found =
                Stream.generate(() -> random(random)).limit(vectors).toList();
        List<ByteBuffer> expected = found.stream().map(VectorKernelsTest::copy).toList();
        double[] sums = random.doubles(1 + steps.size()).toArray();
        double[] expectedSums = sums.clone();
        best.run(steps.stream().map(step -> step.on(found)).toList(), length, sums);
        plain.run(steps.stream().map(step -> step.on(expected)).toList(), length, expectedSums);
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
        for (int i = 0; i < sums.length; i++) {
            assertThat(Double.doubleToRawLongBits(sums[i]))
                    .as("seed %d, sum %d: %s, expected %s", seed, i, sums[i], expectedSums[i])
                    .isEqualTo(Double.doubleToRawLongBits(expectedSums[i]));
        }
    }

    @Test
    void anElementIsRoundedOnce() {
        ByteBuffer one = floats(1 + 0x1p-23f);
        ByteBuffer to = floats(1);
        best.run(
                List.of(
                        new VectorStep(VectorStep.Kind.AXPY, 0.1, to, one),
                        new VectorStep(VectorStep.Kind.SCALE, 1.0 / 3, one, one)),
                1,
                new double[0]);
        assertThat(to.getFloat(0)).isEqualTo((float) (1 + 0.1 * (1 + 0x1p-23)));
        assertThat(one.getFloat(0)).isEqualTo((float) ((1 + 0x1p-23) / 3));
    }

    @Test
    void adjacentFloatsOnlyAreChanged() {
        ByteBuffer to = floats(1, 2, 3, 4);
        best.run(List.of(new VectorStep(VectorStep.Kind.FILL, 9, to, 1, to, 1)), 2, new double[0]);
        assertThat(to).isEqualTo(floats(1, 9, 9, 4));
        double[] sums = {100, 200};
        best.run(List.of(new VectorStep(VectorStep.Kind.DOT, 0, to, 1, to, 0)), 3, sums);
        assertThat(sums).containsExactly(100 + 9 * 1 + 9 * 9 + 4 * 9, 200);
    }

    @Test
    void memoryThatIsTooSmallIsRefused() {
        ByteBuffer small = floats(1, 2);
        ByteBuffer large = floats(1, 2, 3);
        double[] none = {};
        VectorStep dot = new VectorStep(VectorStep.Kind.DOT, 0, large, large);
        VectorStep past = new VectorStep(VectorStep.Kind.COPY, 0, large, small);
        for (VectorKernels kernels : List.of(plain, best)) {
            assertThatThrownBy(() -> kernels.run(List.of(dot), 3, none)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> kernels.run(List.of(past), 3, none)).isInstanceOf(IndexOutOfBoundsException.class);
        }
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
