package org.distbelief.container.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic that layers and losses are made of. Matrices are row-major; a {@code stride} is the distance between
 * the starts of two rows, in floats, and at least the number of columns. Memory must be at least as large as the
 * operands need; results must not overlap the operands unless the operation says that it works in place. NaN and
 * infinities pass through; subnormal numbers, those nearer to 0 than {@link Float#MIN_NORMAL}, may count as 0.
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

    /** sums[r] = (add ? sums[r] : 0) + scale * the sum of row r: the gradient of a bias. */
    void rowSums(int rows, int columns, float scale, FloatMemory values, boolean add, FloatMemory sums);

    /** In place: every column becomes scale times its softmax, exp(x) / sum of exp(x), computed without overflow. */
    default void softmax(int rows, int columns, float scale, FloatMemory values) {
        softmax(rows, columns, scale, values, null);
    }

    /**
     * Softmax that also tells what it divided by.
     *
     * @param sums gets the greatest x of each column, and behind those each column's sum of exp(x - greatest); null
     *     where they are not wanted
     */
    void softmax(int rows, int columns, float scale, FloatMemory values, @Nullable FloatMemory sums);

    /** In place: values[r][c] *= factors[c]. */
    void scaleColumns(int rows, int columns, FloatMemory factors, FloatMemory values);

    /**
     * In place: x[i] = scale / (1 + exp(-x[i])) for the first {@code count} elements.
     *
     * @return the sum of log(1 + exp(x[i])) over the elements as they were
     */
    double logistic(int count, float scale, FloatMemory x);

    /**
     * The sum of the squares of the first {@code count} elements, in double precision: finite where all of them are.
     */
    double sumOfSquares(int count, FloatMemory x);

    /** y[i] += a * x[i] for the first {@code count} elements. */
    default void axpy(int count, float a, FloatMemory x, FloatMemory y) {
        axpy(count, a, x, 0, y, 0);
    }

    /** y[atY + i] += a * x[atX + i] for {@code count} elements. */
    void axpy(int count, float a, FloatMemory x, int atX, FloatMemory y, int atY);

    /**
     * In one pass: sum[i] += x[i] and y[i] += a * x[i] for the first {@code count} elements. The three share no memory.
     */
    default void accrue(int count, FloatMemory x, FloatMemory sum, float a, FloatMemory y) {
        axpy(count, 1, x, sum);
        axpy(count, a, x, y);
    }

    /** In place: x[i] *= a for the first {@code count} elements. */
    void scale(int count, float a, FloatMemory x);

    /**
     * In place: what is beyond ±limit becomes ±limit, for the first {@code count} elements; NaN stays NaN.
     *
     * @param limit above 0
     */
    void clamp(int count, float limit, FloatMemory x);

    /** gradient[i] += l2 * parameters[i] + l1 * the sign of parameters[i], for the first {@code count} elements. */
    void decay(int count, float l1, float l2, FloatMemory parameters, FloatMemory gradient);

    /**
     * Drops units at random and scales up the others: to[i] = 0 with probability {@code rate}, else from[i] / (1 -
     * rate). What is dropped depends on the key, the unit's number and the example alone.
     *
     * @param key another one for every step
     * @param firstUnit number of the first unit
     * @param units number of units, each with {@code batch} examples
     * @param rate from 0 to below 1
     * @param at where the units begin in both memories
     */
    void dropout(long key, int firstUnit, int units, int batch, float rate, int at, FloatMemory from, FloatMemory to);

    /**
     * Filters every window with each map: out[place][map] = f(bias + sum of weight * input). Weights are
     * {@code [place][map][window row][window column][channel]}, biases {@code [place][map]}; where they are tied, one
     * set without {@code [place]} serves all places. Inputs are {@code [row][column][channel][example]}, outputs
     * {@code [place][map][example]}.
     */
    default void filter(
            Windows windows,
            int maps,
            boolean tied,
            Activation f,
            int batch,
            FloatMemory weights,
            FloatMemory biases,
            FloatMemory in,
            FloatMemory out) {
        filter(windows, Places.all(windows), maps, tied, f, batch, weights, biases, in, out);
    }

    /**
     * Filters the windows of some of the places; memory is that of all of them.
     *
     * @param places which
     */
    void filter(
            Windows windows,
            Places places,
            int maps,
            boolean tied,
            Activation f,
            int batch,
            FloatMemory weights,
            FloatMemory biases,
            FloatMemory in,
            FloatMemory out);

    /** The gradient of {@link #filter} by its inputs, which is overwritten; for f linear. */
    void filterInputGradient(
            Windows windows,
            int maps,
            boolean tied,
            int batch,
            FloatMemory weights,
            FloatMemory outGradient,
            FloatMemory inGradient);

    /** The gradient of {@link #filter} by its parameters, times scale: overwritten or added to; for f linear. */
    void filterParameterGradient(
            Windows windows,
            int maps,
            boolean tied,
            int batch,
            FloatMemory in,
            FloatMemory outGradient,
            float scale,
            boolean add,
            FloatMemory weightGradient,
            FloatMemory biasGradient);

    /** Pools every window, channel by channel: out[place][channel][example]. */
    void pool(Pooling kind, Windows windows, int batch, FloatMemory in, FloatMemory out);

    /** The gradient of {@link #pool} by its inputs, which is overwritten. */
    void poolGradient(
            Pooling kind,
            Windows windows,
            int batch,
            FloatMemory in,
            FloatMemory out,
            FloatMemory outGradient,
            FloatMemory inGradient);

    /**
     * Normalises local contrast.
     *
     * @param work {@link Contrast#workUnits} for each example; {@link #contrastGradient} reads it
     */
    void contrast(Contrast contrast, int batch, FloatMemory in, FloatMemory work, FloatMemory out);

    /**
     * The gradient of {@link #contrast} by its inputs, which is overwritten.
     *
     * @param work as {@link #contrast} left it; changed
     */
    void contrastGradient(
            Contrast contrast,
            int batch,
            FloatMemory in,
            FloatMemory work,
            FloatMemory outGradient,
            FloatMemory inGradient);

    /** Frees what the implementation holds; memory that was handed in stays untouched. */
    @Override
    void close();
}
