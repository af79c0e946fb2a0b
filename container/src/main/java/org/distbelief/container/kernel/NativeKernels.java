package org.distbelief.container.kernel;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fastest kernels: matrix products by oneDNN, everything else by our own native library, which is compiled for
 * several instruction sets and uses the widest that the machine has. Both use the same threads, and take subnormal
 * numbers for 0.
 */
final class NativeKernels extends OneDnnKernels {
    private final String instructions;
    private final Map<Windows, FloatMemory> tables = new HashMap<>();
    private Thread bound;

    /**
     * Kernels for the calling thread; another one may take them over.
     *
     * @param instructions at most, 0 to {@link NativeLibrary#WIDEST}; holds for the whole process
     */
    NativeKernels(int threads, int instructions) {
        super(threads);
        this.instructions = NativeLibrary.choose(instructions);
        this.bound = Thread.currentThread();
        NativeLibrary.threads(threads);
    }

    /** OpenMP keeps the number of threads for each thread that calls it. */
    private void bind() {
        Thread current = Thread.currentThread();
        if (bound != current) {
            NativeLibrary.threads(threads());
            bound = current;
        }
    }

    @Override
    public String description() {
        return "oneDNN " + version() + " and native code for " + instructions + ", " + threadsText();
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
        bind();
        int state = NativeLibrary.flushSubnormals();
        try {
            super.multiply(transposeA, transposeB, m, n, k, alpha, a, strideA, b, strideB, beta, c, strideC);
        } finally {
            NativeLibrary.restore(state);
        }
    }

    /** A layer's windows stay the same, so there are few of them. */
    private long table(Windows windows) {
        FloatMemory known = tables.get(windows);
        if (known == null) {
            known = windows.table();
            tables.put(windows, known);
        }
        return known.address();
    }

    /** As vector.h numbers them. */
    private static int number(Activation f) {
        return switch (f) {
            case LINEAR -> 0;
            case SIGMOID -> 1;
            case TANH -> 2;
            case RELU -> 3;
            case SOFTPLUS -> 4;
        };
    }

    /** As pool.c numbers them. */
    private static int number(Pooling kind) {
        return switch (kind) {
            case MAX -> 0;
            case AVERAGE -> 1;
            case L2 -> 2;
        };
    }

    private static long address(String name, long floats, FloatMemory memory) {
        if (floats > memory.size()) {
            throw new IllegalArgumentException(
                    "expected memory of at least " + floats + " floats for the " + name + ", found " + memory);
        }
        return memory.address();
    }

    @Override
    public void activate(Activation f, int rows, int columns, FloatMemory bias, FloatMemory values) {
        bind();
        NativeLibrary.activate(
                number(f),
                rows,
                columns,
                address("bias", rows, bias),
                address("values", (long) rows * columns, values));
    }

    @Override
    public void activationGradient(Activation f, int count, FloatMemory outputs, FloatMemory gradient) {
        bind();
        NativeLibrary.activationGradient(
                number(f), count, address("outputs", count, outputs), address("gradient", count, gradient));
    }

    @Override
    public void rowSums(int rows, int columns, float scale, FloatMemory values, boolean add, FloatMemory sums) {
        bind();
        NativeLibrary.rowSums(
                rows,
                columns,
                scale,
                address("values", (long) rows * columns, values),
                add,
                address("sums", rows, sums));
    }

    @Override
    public void softmax(int rows, int columns, float scale, FloatMemory values, @Nullable FloatMemory sums) {
        bind();
        NativeLibrary.softmax(
                rows,
                columns,
                scale,
                address("values", (long) rows * columns, values),
                sums == null ? 0 : address("sums", 2L * columns, sums));
    }

    @Override
    public void scaleColumns(int rows, int columns, FloatMemory factors, FloatMemory values) {
        bind();
        NativeLibrary.scaleColumns(
                rows, columns, address("factors", columns, factors), address("values", (long) rows * columns, values));
    }

    @Override
    public double logistic(int count, float scale, FloatMemory x) {
        bind();
        return NativeLibrary.logistic(count, scale, address("values", count, x));
    }

    @Override
    public double sumOfSquares(int count, FloatMemory x) {
        bind();
        return NativeLibrary.sumOfSquares(count, address("values", count, x));
    }

    @Override
    public void axpy(int count, float a, FloatMemory x, int atX, FloatMemory y, int atY) {
        bind();
        NativeLibrary.axpy(
                count,
                a,
                address("values x", (long) atX + count, x) + (long) atX * Float.BYTES,
                address("values y", (long) atY + count, y) + (long) atY * Float.BYTES);
    }

    @Override
    public void accrue(int count, FloatMemory x, FloatMemory sum, float a, FloatMemory y) {
        bind();
        NativeLibrary.accrue(
                count, address("values x", count, x), address("sum", count, sum), a, address("values y", count, y));
    }

    @Override
    public void scale(int count, float a, FloatMemory x) {
        bind();
        NativeLibrary.scale(count, a, address("values", count, x));
    }

    @Override
    public void clamp(int count, float limit, FloatMemory x) {
        bind();
        NativeLibrary.clamp(count, limit, address("values", count, x));
    }

    @Override
    public void decay(int count, float l1, float l2, FloatMemory parameters, FloatMemory gradient) {
        bind();
        NativeLibrary.decay(
                count, l1, l2, address("parameters", count, parameters), address("gradient", count, gradient));
    }

    @Override
    public void dropout(
            long key, int firstUnit, int units, int batch, float rate, int at, FloatMemory from, FloatMemory to) {
        bind();
        long end = at + (long) units * batch;
        long offset = (long) at * Float.BYTES;
        NativeLibrary.dropout(
                key,
                firstUnit,
                units,
                batch,
                rate,
                address("units", end, from) + offset,
                address("result", end, to) + offset);
    }

    @Override
    public void filter(
            Windows w,
            Places places,
            int maps,
            boolean tied,
            Activation f,
            int batch,
            FloatMemory weights,
            FloatMemory biases,
            FloatMemory in,
            FloatMemory out) {
        bind();
        long sets = tied ? maps : (long) w.places() * maps;
        if (!places.within(w)) {
            throw new IllegalArgumentException("expected places of " + w + ", found " + places);
        }
        NativeLibrary.filter(
                table(w),
                places.top(),
                places.left(),
                places.bottom(),
                places.right(),
                maps,
                tied,
                number(f),
                batch,
                address("weights", sets * w.depth(), weights),
                address("biases", sets, biases),
                address("inputs", (long) w.inputs() * batch, in),
                address("outputs", (long) w.places() * maps * batch, out));
    }

    @Override
    public void filterInputGradient(
            Windows w,
            int maps,
            boolean tied,
            int batch,
            FloatMemory weights,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        bind();
        long sets = tied ? maps : (long) w.places() * maps;
        NativeLibrary.filterInputGradient(
                table(w),
                maps,
                tied,
                batch,
                address("weights", sets * w.depth(), weights),
                address("gradient", (long) w.places() * maps * batch, outGradient),
                address("gradient by the inputs", (long) w.inputs() * batch, inGradient));
    }

    @Override
    public void filterParameterGradient(
            Windows w,
            int maps,
            boolean tied,
            int batch,
            FloatMemory in,
            FloatMemory outGradient,
            float scale,
            boolean add,
            FloatMemory weightGradient,
            FloatMemory biasGradient) {
        bind();
        long sets = tied ? maps : (long) w.places() * maps;
        NativeLibrary.filterParameterGradient(
                table(w),
                maps,
                tied,
                batch,
                address("inputs", (long) w.inputs() * batch, in),
                address("gradient", (long) w.places() * maps * batch, outGradient),
                scale,
                add,
                address("gradient by the weights", sets * w.depth(), weightGradient),
                address("gradient by the biases", sets, biasGradient));
    }

    @Override
    public void pool(Pooling kind, Windows w, int batch, FloatMemory in, FloatMemory out) {
        bind();
        NativeLibrary.pool(
                table(w),
                number(kind),
                batch,
                address("inputs", (long) w.inputs() * batch, in),
                address("outputs", (long) w.places() * w.channels() * batch, out));
    }

    @Override
    public void poolGradient(
            Pooling kind,
            Windows w,
            int batch,
            FloatMemory in,
            FloatMemory out,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        bind();
        long outputs = (long) w.places() * w.channels() * batch;
        NativeLibrary.poolGradient(
                table(w),
                number(kind),
                batch,
                address("inputs", (long) w.inputs() * batch, in),
                address("outputs", outputs, out),
                address("gradient", outputs, outGradient),
                address("gradient by the inputs", (long) w.inputs() * batch, inGradient));
    }

    @Override
    public void contrast(Contrast contrast, int batch, FloatMemory in, FloatMemory work, FloatMemory out) {
        bind();
        NativeLibrary.contrast(
                contrast.asTable().address(),
                batch,
                address("inputs", (long) contrast.inputs() * batch, in),
                address("working memory", (long) contrast.workUnits() * batch, work),
                address("outputs", (long) contrast.outputs() * batch, out));
    }

    @Override
    public void contrastGradient(
            Contrast contrast,
            int batch,
            FloatMemory in,
            FloatMemory work,
            FloatMemory outGradient,
            FloatMemory inGradient) {
        bind();
        NativeLibrary.contrastGradient(
                contrast.asTable().address(),
                batch,
                address("inputs", (long) contrast.inputs() * batch, in),
                address("working memory", (long) contrast.workUnits() * batch, work),
                address("gradient", (long) contrast.outputs() * batch, outGradient),
                address("gradient by the inputs", (long) contrast.inputs() * batch, inGradient));
    }
}
