package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our native library against the specification at random shapes: windows, pooling and contrast, for every instruction
 * set and with more threads than one.
 */
class NativeKernelsTest {
    private static final float TOLERANCE = 2e-4f;

    @BeforeAll
    static void load() {
        assumeTrue(
                Agreement.nativeLibraryIsBuilt(),
                "skipped: the native library is built on Linux with x86-64 where there is gcc, and not here");
        OneDnnKernels.load();
        NativeLibrary.load();
    }

    @AfterAll
    static void widest() {
        NativeLibrary.choose(NativeLibrary.WIDEST);
    }

    static Stream<Arguments> cases() {
        return IntStream.rangeClosed(0, NativeLibrary.WIDEST)
                .boxed()
                .flatMap(level -> LongStream.range(0, 30).mapToObj(seed -> Arguments.of(level, seed)));
    }

    private static Windows windows(Random random) {
        int height = 1 + random.nextInt(5);
        int width = 1 + random.nextInt(5);
        int strideY = 1 + random.nextInt(3);
        int strideX = 1 + random.nextInt(3);
        int top = -random.nextInt(height);
        int left = -random.nextInt(width);
        int outHeight = 1 + random.nextInt(5);
        int outWidth = 1 + random.nextInt(5);
        // The last window reaches over the edge by less than itself, and there may be pixels that no window holds.
        int inHeight = top + (outHeight - 1) * strideY + 1 + random.nextInt(height + 2);
        int inWidth = left + (outWidth - 1) * strideX + 1 + random.nextInt(width + 2);
        return new Windows(
                Math.max(1, inHeight),
                Math.max(1, inWidth),
                1 + random.nextInt(9),
                outHeight,
                outWidth,
                height,
                width,
                strideY,
                strideX,
                inHeight < 1 ? 0 : top,
                inWidth < 1 ? 0 : left);
    }

    private static int batch(Random random) {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(150);
    }

    @ParameterizedTest(name = "instructions {0}, seed {1}")
    @MethodSource("cases")
    void filters(int level, long seed) {
        Random random = new Random(seed);
        Windows windows = windows(random);
        int batch = batch(random);
        int maps = 1 + random.nextInt(9);
        boolean tied = random.nextBoolean();
        Activation f = List.of(Activation.values()).get(random.nextInt(5));
        int sets = tied ? maps : windows.places() * maps;
        FloatMemory weights = Agreement.random(random, sets * windows.depth());
        FloatMemory biases = Agreement.random(random, sets);
        FloatMemory in = Agreement.random(random, windows.inputs() * batch);
        FloatMemory out = Agreement.random(random, windows.places() * maps * batch);
        try (Kernels kernels = new NativeKernels(1 + random.nextInt(3), level)) {
            Agreement.agree(
                    kernels, out, (k, x) -> k.filter(windows, maps, tied, f, batch, weights, biases, in, x), TOLERANCE);
            int top = random.nextInt(windows.outHeight());
            int left = random.nextInt(windows.outWidth());
            Places some = new Places(
                    top,
                    left,
                    top + random.nextInt(windows.outHeight() - top + 1),
                    left + random.nextInt(windows.outWidth() - left + 1));
            Agreement.agree(
                    kernels,
                    out,
                    (k, x) -> k.filter(windows, some, maps, tied, f, batch, weights, biases, in, x),
                    TOLERANCE);
            Agreement.agree(
                    kernels,
                    in,
                    (k, x) -> k.filterInputGradient(windows, maps, tied, batch, weights, out, x),
                    TOLERANCE);
            for (boolean add : new boolean[] {false, true}) {
                Agreement.agree(
                        kernels,
                        weights,
                        (k, x) -> k.filterParameterGradient(
                                windows, maps, tied, batch, in, out, 0.3f, add, x, FloatMemory.allocate(sets)),
                        TOLERANCE);
                Agreement.agree(
                        kernels,
                        biases,
                        (k, x) -> k.filterParameterGradient(
                                windows, maps, tied, batch, in, out, 0.3f, add, FloatMemory.of(weights.toArray()), x),
                        TOLERANCE);
            }
        }
    }

    @ParameterizedTest(name = "instructions {0}, seed {1}")
    @MethodSource("cases")
    void pooling(int level, long seed) {
        Random random = new Random(seed);
        Windows windows = windows(random);
        int batch = batch(random);
        FloatMemory in = Agreement.random(random, windows.inputs() * batch);
        // Many equal numbers, as rectified units make them.
        for (int i = 0; i < in.size(); i++) {
            in.put(i, Math.max(0, in.get(i)));
        }
        int outputs = windows.places() * windows.channels() * batch;
        FloatMemory gradient = Agreement.random(random, outputs);
        try (Kernels kernels = new NativeKernels(1 + random.nextInt(3), level)) {
            for (Pooling kind : Pooling.values()) {
                Agreement.agree(kernels, gradient, (k, x) -> k.pool(kind, windows, batch, in, x), 2e-6f);
                FloatMemory out = FloatMemory.allocate(outputs);
                kernels.pool(kind, windows, batch, in, out);
                Agreement.agree(
                        kernels, in, (k, x) -> k.poolGradient(kind, windows, batch, in, out, gradient, x), 1e-5f);
            }
        }
    }

    @ParameterizedTest(name = "instructions {0}, seed {1}")
    @MethodSource("cases")
    void contrast(int level, long seed) {
        Random random = new Random(seed);
        int height = 1 + random.nextInt(14); // more rows than the native code keeps of some stages
        int width = 1 + random.nextInt(6);
        int top = random.nextInt(height);
        int left = random.nextInt(width);
        int batch = 1 + random.nextInt(40);
        Contrast contrast = new Contrast(
                height,
                width,
                1 + random.nextInt(4),
                top,
                left,
                1 + random.nextInt(height - top),
                1 + random.nextInt(width - left),
                1 + 2 * random.nextInt(4),
                0.5 + random.nextDouble() * 2,
                0.1f + random.nextFloat());
        FloatMemory in = Agreement.random(random, contrast.inputs() * batch);
        FloatMemory out = Agreement.random(random, contrast.outputs() * batch);
        FloatMemory work = FloatMemory.allocate((long) contrast.workUnits() * batch);
        try (Kernels kernels = new NativeKernels(1 + random.nextInt(3), level)) {
            Agreement.agree(kernels, out, (k, x) -> k.contrast(contrast, batch, in, work, x), 2e-5f);
            Agreement.agree(kernels, in, (k, x) -> k.contrastGradient(contrast, batch, in, work, out, x), TOLERANCE);
        }
    }

    @ParameterizedTest(name = "instructions {0}, {1} threads")
    @CsvSource({"0,1", "1,1", "2,1", "0,2", "1,2", "2,2"})
    void subnormalNumbersCountAsZeroInAllThreadsButNotInJava(int level, int threads) {
        int rows = 512;
        FloatMemory small = filled(rows * rows, 1e-21f);
        FloatMemory tiny = filled(rows * rows, Float.MIN_NORMAL / 4);
        try (Kernels kernels = new NativeKernels(threads, level)) {
            FloatMemory sums = FloatMemory.allocate(tiny.size());
            kernels.axpy(tiny.size(), 1, tiny, sums);
            assertThat(sums.toArray()).containsOnly(0);

            FloatMemory product = filled(rows * rows, 1);
            kernels.multiply(false, false, rows, rows, rows, 1e3f, small, rows, small, rows, 0, product, rows);
            assertThat(product.toArray())
                    .as("each is a sum of 512 products of 1e-42, in all 5e-37")
                    .containsOnly(0);

            assertThat(kernels.sumOfSquares(small.size(), small))
                    .as("added up in double")
                    .isCloseTo(1e-42 * small.size(), Percentage.withPercentage(0.1));
        }
        assertThat(small.get(0) * small.get(0)).isPositive();
        assertThat(tiny.get(0) / 2).isPositive();
    }

    private static FloatMemory filled(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return FloatMemory.of(values);
    }

    @Test
    void memoryThatIsTooSmallIsRefused() {
        Windows windows = new Windows(3, 3, 1, 2, 2, 2, 2, 1, 1, 0, 0);
        FloatMemory enough = FloatMemory.allocate(100);
        FloatMemory small = FloatMemory.allocate(15);
        try (Kernels kernels = new NativeKernels(1, NativeLibrary.WIDEST)) {
            assertThatThrownBy(() ->
                            kernels.filter(windows, 1, false, Activation.LINEAR, 4, small, enough, enough, enough))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected memory of at least 16 floats for the weights, found 15 floats");
            assertThatThrownBy(() -> kernels.pool(Pooling.MAX, windows, 4, enough, small))
                    .hasMessageContaining("at least 16 floats for the outputs");
        }
    }
}
