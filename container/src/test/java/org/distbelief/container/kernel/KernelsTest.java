package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The specification against plain double arithmetic, and the machine's fastest kernels against the specification. */
class KernelsTest {
    private static final Kernels PLAIN = new PlainKernels();
    private static Kernels best = PLAIN;

    @BeforeAll
    static void choose() {
        best = Kernels.best(1);
    }

    @AfterAll
    static void close() {
        best.close();
    }

    static Stream<Long> seeds() {
        return LongStream.range(0, 40).boxed();
    }

    @Test
    void theFastestKernelsAreNativeWhereTheLibraryIsShipped() {
        boolean shipped = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");

        assertThat(best).isInstanceOf(shipped ? OneDnnKernels.class : PlainKernels.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matrixProduct(long seed) {
        Random random = new Random(seed);
        int m = 1 + random.nextInt(150);
        int n = 1 + random.nextInt(seed % 4 == 0 ? 1200 : 150);
        int k = 1 + random.nextInt(200);
        boolean ta = random.nextBoolean();
        boolean tb = random.nextBoolean();
        int strideA = (ta ? m : k) + random.nextInt(3);
        int strideB = (tb ? k : n) + random.nextInt(3);
        int strideC = n + random.nextInt(3);
        float alpha = random.nextBoolean() ? 1 : -0.3f;
        float beta = random.nextInt(3) * 0.5f;
        FloatMemory a = random(random, (ta ? k : m) * strideA);
        FloatMemory b = random(random, (tb ? n : k) * strideB);
        FloatMemory c = random(random, m * strideC);
        float[] expected = c.toArray();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int p = 0; p < k; p++) {
                    sum += (double) a.get(ta ? p * strideA + i : i * strideA + p)
                            * b.get(tb ? j * strideB + p : p * strideB + j);
                }
                expected[i * strideC + j] = (float) (alpha * sum + beta * expected[i * strideC + j]);
            }
        }

        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory result = FloatMemory.of(c.toArray());
            kernels.multiply(ta, tb, m, n, k, alpha, a, strideA, b, strideB, beta, result, strideC);
            assertClose(kernels, result, expected, 1e-4f);
        }
    }

    @Test
    void aProductWithBetaZeroDoesNotReadTheOldValues() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory c = FloatMemory.of(Float.NaN, Float.NaN);
            kernels.multiply(false, false, 1, 2, 1, 1, FloatMemory.of(2), 1, FloatMemory.of(3, 4), 2, 0, c, 2);
            assertThat(c.toArray()).containsExactly(6, 8);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void elementwiseOperationsAgreeWithTheSpecification(long seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(300);
        // A mini-batch of one example is a case of its own.
        int columns = seed == 1 ? 1 : 1 + random.nextInt(140);
        int count = rows * columns;
        FloatMemory values = random(random, count);
        FloatMemory other = random(random, count);
        FloatMemory bias = random(random, rows);
        Activation f = List.copyOf(EnumSet.allOf(Activation.class)).get(random.nextInt(4));
        float factor = random.nextFloat() - 0.5f;

        agree(values, (k, x) -> k.activate(f, rows, columns, bias, x), 2e-6f);
        agree(values, (k, x) -> k.softmax(rows, columns, x), 2e-6f);
        agree(values, (k, x) -> k.axpy(count, factor, other, x), 2e-6f);
        agree(values, (k, x) -> k.scale(count, factor, x), 2e-6f);
        agree(bias, (k, x) -> k.rowSums(rows, columns, values, false, x), 1e-4f);
        agree(bias, (k, x) -> k.rowSums(rows, columns, values, true, x), 1e-4f);
        FloatMemory outputs = FloatMemory.of(values.toArray());
        PLAIN.activate(f, rows, columns, bias, outputs);
        agree(other, (k, x) -> k.activationGradient(f, count, outputs, x), 2e-6f);
    }

    @Test
    void activationsAreWhatTheirNamesSay() {
        FloatMemory values = FloatMemory.of(-2, 0, 3);
        FloatMemory bias = FloatMemory.of(0.5f);

        assertThat(activated(Activation.LINEAR, values, bias)).containsExactly(-1.5f, 0.5f, 3.5f);
        assertThat(activated(Activation.RELU, values, bias)).containsExactly(0, 0.5f, 3.5f);
        assertThat(activated(Activation.SIGMOID, values, bias)[0])
                .isCloseTo((float) (1 / (1 + Math.exp(1.5))), within(1e-6f));
        assertThat(activated(Activation.TANH, values, bias)[2]).isCloseTo((float) Math.tanh(3.5), within(1e-6f));
    }

    @Test
    void softmaxOfLargeNumbersDoesNotOverflow() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(1000, -1000, 1000, 1000);
            kernels.softmax(2, 2, values);
            assertThat(values.get(0)).isCloseTo(0.5f, within(1e-6f));
            assertThat(values.get(1)).isCloseTo(0f, within(1e-6f));
            assertThat(values.get(2)).isCloseTo(0.5f, within(1e-6f));
            assertThat(values.get(3)).isCloseTo(1f, within(1e-6f));
        }
    }

    @Test
    void nativeKernelsRefuseMemoryThatIsTooSmall() {
        FloatMemory four = FloatMemory.allocate(4);
        FloatMemory three = FloatMemory.allocate(3);

        assertThatThrownBy(() -> best.multiply(false, false, 2, 2, 2, 1, four, 2, three, 2, 0, four, 2))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> best.axpy(4, 1, three, four)).isInstanceOf(RuntimeException.class);
    }

    private interface Operation {
        void run(Kernels kernels, FloatMemory inPlace);
    }

    private static void agree(FloatMemory start, Operation operation, float tolerance) {
        FloatMemory specified = FloatMemory.of(start.toArray());
        operation.run(PLAIN, specified);
        FloatMemory found = FloatMemory.of(start.toArray());
        operation.run(best, found);
        assertClose(best, found, specified.toArray(), tolerance);
    }

    private static float[] activated(Activation f, FloatMemory values, FloatMemory bias) {
        FloatMemory copy = FloatMemory.of(values.toArray());
        PLAIN.activate(f, 1, 3, bias, copy);
        return copy.toArray();
    }

    private static FloatMemory random(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FloatMemory.of(values);
    }

    private static void assertClose(Kernels kernels, FloatMemory found, float[] expected, float tolerance) {
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
}
