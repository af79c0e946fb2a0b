package org.distbelief.container.kernel;

import java.util.Arrays;

/** Matrix products in plain Java, tile by tile. For one thread. */
final class PlainProduct {
    /** Rows of C that share one pass over a tile of B. */
    private static final int ROWS = 64;

    private static final int DEPTH = 64;
    private static final int COLUMNS = 512;

    private final float[][] tileA = new float[ROWS][DEPTH];
    private final float[][] tileB = new float[DEPTH][COLUMNS];
    private final float[] rowC = new float[COLUMNS];
    private final float[] column = new float[ROWS];

    /** See {@link Kernels#multiply}. */
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
            from.read((j + col) * stride + i, column, 0, rows);
            for (int r = 0; r < rows; r++) {
                into[r][col] = column[r];
            }
        }
    }
}
