package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
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
    void theFastestKernelsAreThoseThatAreThere() {
        boolean linux = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");

        assertThat(best.getClass())
                .isEqualTo(
                        !linux
                                ? PlainKernels.class
                                : Agreement.nativeLibraryIsBuilt() ? NativeKernels.class : OneDnnKernels.class);
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
        Activation f = List.copyOf(EnumSet.allOf(Activation.class)).get(random.nextInt(Activation.values().length));
        float factor = random.nextFloat() - 0.5f;

        agree(values, (k, x) -> k.activate(f, rows, columns, bias, x), 2e-6f);
        agree(values, (k, x) -> k.softmax(rows, columns, 0.25f, x), 2e-6f);
        FloatMemory sums = FloatMemory.allocate(2L * columns);
        agree(sums, (k, x) -> k.softmax(rows, columns, 1, FloatMemory.of(values.toArray()), x), 1e-4f);
        agree(values, (k, x) -> k.scaleColumns(rows, columns, other, x), 2e-6f);
        agree(values, (k, x) -> k.axpy(count, factor, other, x), 2e-6f);
        agree(values, (k, x) -> k.axpy(count - 1, factor, other, 1, x, 0), 2e-6f);
        agree(values, (k, x) -> k.accrue(count, other, x, factor, FloatMemory.allocate(count)), 2e-6f);
        agree(values, (k, x) -> k.accrue(count, other, FloatMemory.allocate(count), factor, x), 2e-6f);
        agree(values, (k, x) -> k.scale(count, factor, x), 2e-6f);
        agree(values, (k, x) -> k.clamp(count, 0.7f, x), 0);
        agree(values, (k, x) -> k.decay(count, 0.1f, 0.3f, other, x), 2e-6f);
        agree(values, (k, x) -> k.dropout(seed << 33 | 17, 100, rows, columns, 0.4f, 0, other, x), 2e-6f);
        agree(bias, (k, x) -> k.rowSums(rows, columns, 1, values, false, x), 1e-4f);
        agree(bias, (k, x) -> k.rowSums(rows, columns, -0.3f, values, true, x), 1e-4f);
        agree(values, (k, x) -> x.put(0, (float) k.logistic(count, 0.5f, x)), 2e-6f);
        agree(FloatMemory.allocate(1), (k, x) -> x.put(0, (float) k.sumOfSquares(count, values)), 1e-5f);
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
    void decayAddsTheGradientOfThePenaltyToTheFirstElements() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory weights = FloatMemory.of(2, -4, 0, -0f, Float.NaN, 8);
            FloatMemory gradient = FloatMemory.of(1, 1, 1, 1, 1, 1);

            kernels.decay(5, 0.5f, 0.25f, weights, gradient);

            assertThat(gradient.toArray()).containsExactly(2, -0.5f, 1, 1, Float.NaN, 1);
            assertThat(weights.toArray()).containsExactly(2, -4, 0, -0f, Float.NaN, 8);
        }
    }

    @Test
    void clampBoundsTheFirstElementsAndKeepsNaN() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(3, -3, 0.5f, Float.NaN, Float.NEGATIVE_INFINITY, 9);

            kernels.clamp(5, 2, values);

            assertThat(values.toArray()).containsExactly(2, -2, 0.5f, Float.NaN, -2, 9);
        }
    }

    @Test
    void sumsOfSquaresAreTakenInDoublePrecision() {
        float[] many = new float[5000];
        Arrays.fill(many, 1e-3f);
        many[0] = 1e4f;
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            assertThat(kernels.sumOfSquares(5000, FloatMemory.of(many))).isCloseTo(1e8 + 4999e-6, within(1e-4));
            assertThat(kernels.sumOfSquares(2, FloatMemory.of(3, 4, 5))).isEqualTo(25);
            assertThat(kernels.sumOfSquares(2, FloatMemory.of(Float.MAX_VALUE, Float.MAX_VALUE)))
                    .isFinite();
            assertThat(kernels.sumOfSquares(2, FloatMemory.of(1, Float.NaN))).isNaN();
            assertThat(kernels.sumOfSquares(2, FloatMemory.of(1, Float.NEGATIVE_INFINITY)))
                    .isEqualTo(Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void notANumberIsNotHidden() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            for (Activation f : Activation.values()) {
                FloatMemory values = FloatMemory.of(1, Float.NaN, 2);
                kernels.activate(f, 1, 3, FloatMemory.of(0), values);
                assertThat(values.get(1)).as("%s", f).isNaN();
                assertThat(values.get(2)).as("%s", f).isFinite();
            }
            FloatMemory values = FloatMemory.of(1, Float.NaN, 2);
            kernels.clamp(3, 0.5f, values);
            assertThat(values.toArray()).containsExactly(0.5f, Float.NaN, 0.5f);
            assertThat(kernels.sumOfSquares(3, values)).isNaN();
            assertThat(kernels.logistic(3, 1, values)).isNaN();
        }
    }

    @Test
    void largeNumbersDoNotOverflow() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(500, -500);
            assertThat(kernels.logistic(2, 1, values)).isEqualTo(500);
            assertThat(values.get(0)).isEqualTo(1);
            assertThat(values.get(1)).isCloseTo(0, within(1e-30f));
            FloatMemory softplus = FloatMemory.of(500, -500);
            kernels.activate(Activation.SOFTPLUS, 1, 2, FloatMemory.of(0), softplus);
            assertThat(softplus.get(0)).isEqualTo(500);
            assertThat(softplus.get(1)).isCloseTo(0, within(1e-30f));
        }
    }

    @Test
    void dropoutDropsItsShareAndKeepsTheMean() {
        int count = 200_000;
        FloatMemory ones = FloatMemory.allocate(count);
        for (int i = 0; i < count; i++) {
            ones.put(i, 1);
        }
        FloatMemory result = FloatMemory.allocate(count);
        best.dropout(5, 0, count / 100, 100, 0.3f, 0, ones, result);
        int dropped = 0;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            dropped += result.get(i) == 0 ? 1 : 0;
            sum += result.get(i);
        }
        assertThat(dropped / (double) count).isCloseTo(0.3, within(0.005));
        assertThat(sum / count).isCloseTo(1, within(0.01));
        FloatMemory other = FloatMemory.allocate(count);
        best.dropout(6, 0, count / 100, 100, 0.3f, 0, ones, other);
        assertThat(other.toArray()).isNotEqualTo(result.toArray());
    }

    @Test
    void softmaxOfLargeNumbersDoesNotOverflow() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(1000, -1000, 1000, 1000);
            kernels.softmax(2, 2, 1, values);
            assertThat(values.get(0)).isCloseTo(0.5f, within(1e-6f));
            assertThat(values.get(1)).isCloseTo(0f, within(1e-6f));
            assertThat(values.get(2)).isCloseTo(0.5f, within(1e-6f));
            assertThat(values.get(3)).isCloseTo(1f, within(1e-6f));
        }
    }

    @Test
    void aScaledSoftmaxSumsToTheScale() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(0, (float) Math.log(3));
            kernels.softmax(2, 1, 0.1f, values);
            assertThat(values.get(0)).isCloseTo(0.025f, within(1e-7f));
            assertThat(values.get(1)).isCloseTo(0.075f, within(1e-7f));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sumsOverAllElements(long seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(300);
        int columns = 1 + random.nextInt(30);
        FloatMemory values = random(random, rows * columns);
        float[] halves = values.toArray();
        double squares = 0;
        double softplus = 0;
        for (int i = 0; i < halves.length; i++) {
            double x = halves[i];
            squares += x * x;
            softplus += Math.log1p(Math.exp(x));
            halves[i] = (float) (0.5 / (1 + Math.exp(-x)));
        }
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            assertThat(kernels.sumOfSquares(rows * columns, values)).isCloseTo(squares, within(1e-6 * squares));
            FloatMemory result = FloatMemory.of(values.toArray());
            assertThat(kernels.logistic(rows * columns, 0.5f, result)).isCloseTo(softplus, within(1e-6 * softplus));
            assertClose(kernels, result, halves, 1e-6f);
        }
    }

    @Test
    void theLogisticFunctionOfLargeNumbersDoesNotOverflow() {
        for (Kernels kernels : new Kernels[] {PLAIN, best}) {
            FloatMemory values = FloatMemory.of(1000, -1000, 0, -90, 7);
            assertThat(kernels.logistic(4, 0.5f, values)).isCloseTo(1000 + Math.log(2), within(1e-3));
            assertThat(values.get(0)).isEqualTo(0.5f);
            assertThat(values.get(1)).isBetween(0f, 1e-38f);
            assertThat(values.get(2)).isEqualTo(0.25f);
            assertThat(values.get(4)).isEqualTo(7);
            assertThat(values.get(3)).isBetween(0f, 1e-38f);
            FloatMemory broken = FloatMemory.of(0, Float.NaN);
            assertThat(kernels.logistic(2, 1, broken)).isNaN();
            assertThat(broken.get(1)).isNaN();
        }
    }

    @Test
    void nativeKernelsRefuseMemoryThatIsTooSmall() {
        FloatMemory four = FloatMemory.allocate(4);
        FloatMemory three = FloatMemory.allocate(3);

        assertThatThrownBy(() -> best.multiply(false, false, 2, 2, 2, 1, four, 2, three, 2, 0, four, 2))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> best.axpy(4, 1, three, four)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> best.logistic(4, 1, three)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> best.sumOfSquares(4, three)).isInstanceOf(RuntimeException.class);
    }

    private interface Operation {
        void run(Kernels kernels, FloatMemory inPlace);
    }

    private static void agree(FloatMemory start, Operation operation, float tolerance) {
        Agreement.agree(best, start, operation::run, tolerance);
    }

    private static float[] activated(Activation f, FloatMemory values, FloatMemory bias) {
        FloatMemory copy = FloatMemory.of(values.toArray());
        PLAIN.activate(f, 1, 3, bias, copy);
        return copy.toArray();
    }

    private static FloatMemory random(Random random, int size) {
        return Agreement.random(random, size);
    }

    private static void assertClose(Kernels kernels, FloatMemory found, float[] expected, float tolerance) {
        Agreement.assertClose(kernels, found, expected, tolerance);
    }
}
