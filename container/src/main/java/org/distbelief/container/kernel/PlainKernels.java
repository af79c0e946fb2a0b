package org.distbelief.container.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in plain Java: the specification of the others, and the fallback where no native library works. One
 * thread. Off-heap memory is copied to small arrays tile by tile, because the compiler turns loops over arrays into
 * vector code and loops over buffers not.
 */
public class PlainKernels implements Kernels {
    private static final int TILE = 1024;

    /** Bits of a unit's random number that decide whether it is dropped. */
    private static final int DROPOUT_BITS = 24;

    /** Between the random numbers of two examples: 2^32 over the golden ratio. */
    private static final int EXAMPLE_STEP = 0x9e3779b9;

    private final PlainProduct product = new PlainProduct();
    private final float[] left = new float[TILE];
    private final float[] right = new float[TILE];
    private final double[] sums = new double[TILE];

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
        product.multiply(transposeA, transposeB, m, n, k, alpha, a, strideA, b, strideB, beta, c, strideC);
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
    public void rowSums(int rows, int columns, float scale, FloatMemory values, boolean add, FloatMemory sums) {
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int j = 0; j < columns; j += TILE) {
                int count = Math.min(TILE, columns - j);
                values.read(r * columns + j, left, 0, count);
                for (int i = 0; i < count; i++) {
                    sum += left[i];
                }
            }
            sums.put(r, (float) ((add ? sums.get(r) : 0) + scale * sum));
        }
    }

    @Override
    public void softmax(int rows, int columns, float scale, FloatMemory values, @Nullable FloatMemory told) {
        for (int j = 0; j < columns; j += TILE) {
            int count = Math.min(TILE, columns - j);
            softmaxTile(rows, columns, j, count, scale, values);
            for (int i = 0; told != null && i < count; i++) {
                told.put(j + i, right[i]);
                told.put(columns + j + i, (float) sums[i]);
            }
        }
    }

    @Override
    public void scaleColumns(int rows, int columns, FloatMemory factors, FloatMemory values) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < columns; j += TILE) {
                int tile = Math.min(TILE, columns - j);
                values.read(r * columns + j, left, 0, tile);
                factors.read(j, right, 0, tile);
                for (int i = 0; i < tile; i++) {
                    left[i] *= right[i];
                }
                values.write(r * columns + j, left, 0, tile);
            }
        }
    }

    /** The softmax of {@code count} columns from column j on. */
    private void softmaxTile(int rows, int columns, int j, int count, float scale, FloatMemory values) {
        float[] greatest = right;
        Arrays.fill(greatest, 0, count, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            values.read(r * columns + j, left, 0, count);
            for (int i = 0; i < count; i++) {
                greatest[i] = Math.max(greatest[i], left[i]);
            }
        }
        double[] sum = sums;
        Arrays.fill(sum, 0, count, 0);
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
                left[i] = (float) (scale * left[i] / sum[i]);
            }
            values.write(r * columns + j, left, 0, count);
        }
    }

    @Override
    public double logistic(int count, float scale, FloatMemory x) {
        double sum = 0;
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(start, left, 0, tile);
            for (int i = 0; i < tile; i++) {
                sum += Activation.SOFTPLUS.of(left[i]);
                left[i] = scale * Activation.SIGMOID.of(left[i]);
            }
            x.write(start, left, 0, tile);
        }
        return sum;
    }

    @Override
    public double sumOfSquares(int count, FloatMemory x) {
        double sum = 0;
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(start, left, 0, tile);
            for (int i = 0; i < tile; i++) {
                sum += (double) left[i] * left[i];
            }
        }
        return sum;
    }

    @Override
    public void axpy(int count, float a, FloatMemory x, int atX, FloatMemory y, int atY) {
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(atX + start, left, 0, tile);
            y.read(atY + start, right, 0, tile);
            for (int i = 0; i < tile; i++) {
                right[i] += a * left[i];
            }
            y.write(atY + start, right, 0, tile);
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
    public void clamp(int count, float limit, FloatMemory x) {
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            x.read(start, left, 0, tile);
            for (int i = 0; i < tile; i++) {
                left[i] = Math.max(-limit, Math.min(limit, left[i]));
            }
            x.write(start, left, 0, tile);
        }
    }

    @Override
    public void decay(int count, float l1, float l2, FloatMemory parameters, FloatMemory gradient) {
        for (int start = 0; start < count; start += TILE) {
            int tile = Math.min(TILE, count - start);
            parameters.read(start, left, 0, tile);
            gradient.read(start, right, 0, tile);
            for (int i = 0; i < tile; i++) {
                right[i] += l2 * left[i] + l1 * Math.signum(left[i]);
            }
            gradient.write(start, right, 0, tile);
        }
    }

    @Override
    public void dropout(
            long key, int firstUnit, int units, int batch, float rate, int at, FloatMemory from, FloatMemory to) {
        int threshold = (int) (rate * (1 << DROPOUT_BITS));
        float kept = 1 / (1 - rate);
        for (int u = 0; u < units; u++) {
            int row = mixed(mixed((int) key ^ (firstUnit + u)) ^ (int) (key >>> Integer.SIZE));
            for (int b = 0; b < batch; b++) {
                int bits = mixed(row + b * EXAMPLE_STEP) >>> (Integer.SIZE - DROPOUT_BITS);
                int i = at + u * batch + b;
                to.put(i, bits < threshold ? 0 : kept * from.get(i));
            }
        }
    }

    /** Mixes the bits of a number: the finaliser of an integer hash. */
    private static int mixed(int number) {
        int x = number;
        x ^= x >>> 16;
        x *= 0x7feb352d;
        x ^= x >>> 15;
        x *= 0x846ca68b;
        return x ^ x >>> 16;
    }

    @Override
    public void filter(
            Windows windows,
            Places places,
            int maps,
            boolean tied,
            Activation f,
            int batch,
            FloatMemory weights,
            FloatMemory biases,
            FloatMemory in,
            FloatMemory out) {
        new PlainWindows(windows, batch).filter(places, maps, tied, f, weights, biases, in, out);
    }

    @Override
    public void filterInputGradient(
            Windows windows,
            int maps,
            boolean tied,
            int batch,
            FloatMemory weights,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        new PlainWindows(windows, batch).filterInputGradient(maps, tied, weights, outGradient, inGradient);
    }

    @Override
    public void filterParameterGradient(
            Windows windows,
            int maps,
            boolean tied,
            int batch,
            FloatMemory in,
            FloatMemory outGradient,
            float scale,
            boolean add,
            FloatMemory weightGradient,
            FloatMemory biasGradient) {
        new PlainWindows(windows, batch)
                .filterParameterGradient(maps, tied, in, outGradient, scale, add, weightGradient, biasGradient);
    }

    @Override
    public void pool(Pooling kind, Windows windows, int batch, FloatMemory in, FloatMemory out) {
        new PlainWindows(windows, batch).pool(kind, in, out);
    }

    @Override
    public void poolGradient(
            Pooling kind,
            Windows windows,
            int batch,
            FloatMemory in,
            FloatMemory out,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        new PlainWindows(windows, batch).poolGradient(kind, in, out, outGradient, inGradient);
    }

    @Override
    public void contrast(Contrast contrast, int batch, FloatMemory in, FloatMemory work, FloatMemory out) {
        new PlainContrast(contrast, batch).forward(in, out);
    }

    @Override
    public void contrastGradient(
            Contrast contrast,
            int batch,
            FloatMemory in,
            FloatMemory work,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        new PlainContrast(contrast, batch).gradient(in, outGradient, inGradient);
    }

    @Override
    public void close() {
        // Nothing but arrays is held.
    }
}
