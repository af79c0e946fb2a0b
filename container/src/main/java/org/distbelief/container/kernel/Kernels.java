package org.distbelief.container.kernel;

/**
 * The arithmetic that layers and losses are made of. Matrices are row-major; a {@code stride} is the distance between
 * the starts of two rows, in floats, and at least the number of columns. Memory must be at least as large as the
 * operands need; results must not overlap the operands unless the operation says that it works in place. NaN and
 * infinities pass through.
 *
 * <p>An instance belongs to one thread at a time.
 */
public interface Kernels extends AutoCloseable {
    /**
     * The fastest kernels that work on this machine; which, and why, is logged.
     *
     * @param threads threads that one operation may use, from 1: the container's virtual cores
     */
    static Kernels best(int threads) {
        return KernelChoice.best(threads);
    }

    /** Which implementation this is, with version and number of threads, for logs. */
    String description();

    /**
     * The matrix product C = alpha * op(A) * op(B) + beta * C, where op transposes or not. With beta 0 the old values
     * of C are not read.
     *
     * @param transposeA whether A is stored as k x m instead of m x k
     * @param transposeB whether B is stored as n x k instead of k x n
     * @param m rows of C
     * @param n columns of C
     * @param k columns of op(A)
     */
    void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float alpha,
            FloatMemory a,
            int strideA,
            FloatMemory b,
            int strideB,
            float beta,
            FloatMemory c,
            int strideC);

    /** In place: values[r][c] = f(values[r][c] + bias[r]), where every row is a unit. */
    void activate(Activation f, int rows, int columns, FloatMemory bias, FloatMemory values);

    /** In place: gradient[i] *= f'(i), where the derivative is taken at the output {@code outputs[i]}. */
    void activationGradient(Activation f, int count, FloatMemory outputs, FloatMemory gradient);

    /** sums[r] = (add ? sums[r] : 0) + the sum of row r: the gradient of a bias. */
    void rowSums(int rows, int columns, FloatMemory values, boolean add, FloatMemory sums);

    /** In place: every column becomes its softmax, exp(x) / sum of exp(x), computed without overflow. */
    void softmax(int rows, int columns, FloatMemory values);

    /** y[i] += a * x[i] for the first {@code count} elements. */
    void axpy(int count, float a, FloatMemory x, FloatMemory y);

    /** In place: x[i] *= a for the first {@code count} elements. */
    void scale(int count, float a, FloatMemory x);

    /** Frees what the implementation holds; memory that was handed in stays untouched. */
    @Override
    void close();
}
