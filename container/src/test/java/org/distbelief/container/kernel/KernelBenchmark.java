package org.distbelief.container.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Prints the speed of the kernels: GFLOP/s of a layer's three products at the acoustic net's and the digits net's
 * shapes, and ns per element of the element-wise kernels. Medians after a warm-up. Arguments: {@code plain} or
 * {@code best} (default); set OMP_NUM_THREADS for the number of threads.
 */
public final class KernelBenchmark {
    private static final int RUNS = 15;

    private final Kernels kernels;
    private final Random random = new Random(1);

    private KernelBenchmark(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Runs all. */
    public static void main(String[] arguments) {
        boolean plain = Arrays.asList(arguments).contains("plain");
        try (Kernels kernels = plain
                ? new PlainKernels()
                : Kernels.best(OneDnnKernels.threads(System.getenv(OneDnnKernels.THREADS_VARIABLE), 1))) {
            System.out.println(kernels.description());
            KernelBenchmark benchmark = new KernelBenchmark(kernels);
            for (int batch : new int[] {100, 128, 256}) {
                benchmark.products(batch, 440, 2560);
                benchmark.products(batch, 2560, 2560);
                benchmark.products(batch, 2560, 8192);
                benchmark.products(batch, 512, 512);
            }
            benchmark.elementwise(512, 100);
            benchmark.elementwise(2560, 128);
            benchmark.elementwise(8192, 128);
            benchmark.updates(42_000_000);
        }
    }

    private void products(int batch, int inputs, int units) {
        FloatMemory x = memory((long) inputs * batch);
        FloatMemory w = memory((long) inputs * units);
        FloatMemory y = memory((long) units * batch);
        double flop = 2.0 * batch * inputs * units;
        double forward = flop
                / nanos(() ->
                        kernels.multiply(false, false, units, batch, inputs, 1, w, inputs, x, batch, 0, y, batch));
        double weights = flop
                / nanos(() -> kernels.multiply(false, true, units, inputs, batch, 1, y, batch, x, batch, 0, w, inputs));
        double back = flop
                / nanos(() -> kernels.multiply(true, false, inputs, batch, units, 1, w, inputs, y, batch, 0, x, batch));
        print(
                "GFLOP/s, batch %d, %d -> %d: forward %.0f, weight gradient %.0f, input gradient %.0f",
                batch, inputs, units, forward, weights, back);
    }

    private void elementwise(int rows, int columns) {
        int count = rows * columns;
        FloatMemory values = memory(count);
        FloatMemory outputs = memory(count);
        FloatMemory bias = memory(rows);
        StringBuilder line = new StringBuilder("ns per element, " + rows + " x " + columns + ":");
        for (Activation f : Activation.values()) {
            append(line, f + " forward", count, () -> kernels.activate(f, rows, columns, bias, values));
            append(line, f + " backward", count, () -> kernels.activationGradient(f, count, outputs, values));
        }
        append(line, "row sums", count, () -> kernels.rowSums(rows, columns, values, false, bias));
        append(line, "softmax", count, () -> kernels.softmax(rows, columns, values));
        append(line, "axpy", count, () -> kernels.axpy(count, 1e-9f, outputs, values));
        append(line, "scale", count, () -> kernels.scale(count, 1.0000001f, values));
        print("%s", line);
    }

    private void updates(int count) {
        FloatMemory x = memory(count);
        FloatMemory y = memory(count);
        StringBuilder line = new StringBuilder("ns per element, " + count + " parameters:");
        append(line, "axpy", count, () -> kernels.axpy(count, 1e-9f, x, y));
        append(line, "scale", count, () -> kernels.scale(count, 1.0000001f, y));
        print("%s", line);
    }

    private static void append(StringBuilder line, String what, int count, Runnable operation) {
        line.append(String.format(Locale.ROOT, " %s %.2f", what, nanos(operation) / count));
    }

    private FloatMemory memory(long size) {
        FloatMemory memory = FloatMemory.allocate(size);
        for (int i = 0; i < size; i++) {
            memory.put(i, random.nextFloat() - 0.5f);
        }
        return memory;
    }

    private static double nanos(Runnable operation) {
        for (int i = 0; i < 5; i++) {
            operation.run();
        }
        double[] nanos = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            operation.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[RUNS / 2];
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
