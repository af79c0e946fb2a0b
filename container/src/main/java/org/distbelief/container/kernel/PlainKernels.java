package org.distbelief.container.kernel;

import java.util.Arrays;

/**
 * The kernels in plain Java: the specification of the others, and the fallback where no native library works. One
 * thread. Off-heap memory is copied to small arrays tile by tile, because the compiler turns loops over arrays into
 * vector code and loops over buffers not.
 */
public final class PlainKernels implements Kernels {
    /** Rows of C that share one pass over a tile of B. */
    private static final int ROWS = 64;

    private static final int DEPTH = 64;
    private static final int COLUMNS = 512;
    private static final int TILE = 1024;

    private final float[][] tileA = new float[ROWS][DEPTH];
    private final float[][] tileB = new float[DEPTH][COLUMNS];
    private final float[] rowC = new float[COLUMNS];
    private final float[] left = new float[TILE];
    private final float[] right = new float[TILE];

    @Override
    public String description() {
        return "plain Java, 1 thread";
    }

    @Override
    public void multiply(
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
            int strideC) {
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            if (k == 0) {
                finish(m, j, columns, beta, c, strideC);
            }
            for (int p = 0; p < k; p += DEPTH) {
                int depth = Math.min(DEPTH, k - p);
                load(b, strideB, p, j, depth, columns, transposeB, tileB);
                for (int i = 0; i < m; i += ROWS) {
                    int rows = Math.min(ROWS, m - i);
                    load(a, strideA, i, p, rows, depth, transposeA, tileA);
                    for (int r = 0; r < rows; r++) {
                        int at = (i + r) * strideC + j;
                        start(c, at, columns, p == 0 ? beta : 1);
                        addProduct(tileA[r], depth, alpha, columns);
                        c.write(at, rowC, 0, columns);
                    }
                }
            }
        }
    }

    private void finish(int m, int j, int columns, float beta, FloatMemory c, int strideC) {
        for (int i = 0; i < m; i++) {
            start(c, i * strideC + j, columns, beta);
            c.write(i * strideC + j, rowC, 0, columns);
        }
    }

    /** Loads a row of C times beta. */
    private void start(FloatMemory c, int at, int columns, float beta) {
        if (beta == 0) {
            Arrays.fill(rowC, 0, columns, 0);
            return;
        }
        c.read(at, rowC, 0, columns);
        if (beta != 1) {
            for (int j = 0; j < columns; j++) {
                rowC[j] *= beta;
            }
        }
    }

    /** rowC += alpha * a * tileB, four rows of B at a time so that rowC is loaded and stored less. */
    private void addProduct(float[] a, int depth, float alpha, int columns) {
        float[] c = rowC;
        int p = 0;
        for (; p + 4 <= depth; p += 4) {
            addFour(
                    c,
                    columns,
                    alpha * a[p],
                    tileB[p],
                    alpha * a[p + 1],
                    tileB[p + 1],
                    alpha * a[p + 2],
                    tileB[p + 2],
                    alpha * a[p + 3],
                    tileB[p + 3]);
        }
        for (; p < depth; p++) {
            float factor = alpha * a[p];
            float[] row = tileB[p];
            for (int j = 0; j < columns; j++) {
                c[j] += factor * row[j];
            }
        }
    }

    private static void addFour(
            float[] c,
            int columns,
            float a0,
            float[] b0,
            float a1,
            float[] b1,
            float a2,
            float[] b2,
            float a3,
            float[] b3) {
        for (int j = 0; j < columns; j++) {
            c[j] += a0 * b0[j] + a1 * b1[j] + (a2 * b2[j] + a3 * b3[j]);
        }
    }

    /** Loads the tile of op(M) whose first element is (i, j). */
    private void load(
            FloatMemory from, int stride, int i, int j, int rows, int columns, boolean transposed, float[][] into) {
        if (!transposed) {
            for (int r = 0; r < rows; r++) {
                from.read((i + r) * stride + j, into[r], 0, columns);
            }
            return;
        }
        for (int col = 0; col < columns; col++) {
            from.read((j + col) * stride + i, left, 0, rows);
            for (int r = 0; r < rows; r++) {
                into[r][col] = left[r];
            }
        }
    }

    @Override
    public void activate(Activation f, int rows, int columns, FloatMemory bias, FloatMemory values) {
        for (int r = 0; r < rows; r++) {
            float b = bias.get(r);
            for (int j = 0; j < columns; j += TILE) {
                int count = Math.min(TILE, columns - j);
                values.read(r * columns + j, left, 0, count);
                for (int i = 0; i < count; i++) {
                    left[i] = f.of(left[i] + b);
                }
                values.write(r * columns + j, left, 0, count);
            }
        }
    }

    @Override
    public void activationGradient(Activation f, int count, FloatMemory outputs, FloatMemory gradient) {
        if (f == Activation.LINEAR) {
            return;
        }
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            outputs.read(start, left, 0, tile);
            gradient.read(start, right, 0, tile);
            for (int i = 0; i < tile; i++) {
                right[i] *= f.derivative(left[i]);
            }
            gradient.write(start, right, 0, tile);
        }
    }

    @Override
    public void rowSums(int rows, int columns, FloatMemory values, boolean add, FloatMemory sums) {
        for (int r = 0; r < rows; r++) {
            double sum = add ? sums.get(r) : 0;
            for (int j = 0; j < columns; j += TILE) {
                int count = Math.min(TILE, columns - j);
                values.read(r * columns + j, left, 0, count);
                for (int i = 0; i < count; i++) {
                    sum += left[i];
                }
            }
            sums.put(r, (float) sum);
        }
    }

    @Override
    public void softmax(int rows, int columns, FloatMemory values) {
        for (int j = 0; j < columns; j += TILE) {
            softmaxTile(rows, columns, j, Math.min(TILE, columns - j), values);
        }
    }

    /** The softmax of {@code count} columns from column j on. */
    private void softmaxTile(int rows, int columns, int j, int count, FloatMemory values) {
        float[] greatest = right;
        Arrays.fill(greatest, 0, count, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            values.read(r * columns + j, left, 0, count);
            for (int i = 0; i < count; i++) {
                greatest[i] = Math.max(greatest[i], left[i]);
            }
        }
        double[] sum = new double[count];
        for (int r = 0; r < rows; r++) {
            values.read(r * columns + j, left, 0, count);
            for (int i = 0; i < count; i++) {
                left[i] = (float) Math.exp(left[i] - greatest[i]);
                sum[i] += left[i];
            }
            values.write(r * columns + j, left, 0, count);
        }
        for (int r = 0; r < rows; r++) {
            values.read(r * columns + j, left, 0, count);
            for (int i = 0; i < count; i++) {
                left[i] = (float) (left[i] / sum[i]);
            }
            values.write(r * columns + j, left, 0, count);
        }
    }

    @Override
    public void axpy(int count, float a, FloatMemory x, FloatMemory y) {
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(start, left, 0, tile);
            y.read(start, right, 0, tile);
            for (int i = 0; i < tile; i++) {
                right[i] += a * left[i];
            }
            y.write(start, right, 0, tile);
        }
    }

    @Override
    public void scale(int count, float a, FloatMemory x) {
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(start, left, 0, tile);
            for (int i = 0; i < tile; i++) {
                left[i] *= a;
            }
            x.write(start, left, 0, tile);
        }
    }

    @Override
    public void close() {
        // Nothing but arrays is held.
    }
}
