package org.distbelief.container.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products by oneDNN (Apache-2.0), through JavaCPP, on the memory itself without copies; all else as
 * {@link PlainKernels} does it.
 *
 * <p>Its threads are OpenMP's. JavaCPP unpacks the library into the directory of the system property
 * {@code org.bytedeco.javacpp.cachedir}.
 */
class OneDnnKernels extends PlainKernels {
    /** Environment variable with the number of threads of one operation, read when the library is loaded. */
    static final String THREADS_VARIABLE = "OMP_NUM_THREADS";

    private final int threads;

    /**
     * Kernels on the library, loaded before.
     *
     * @param threads what OpenMP uses
     */
    OneDnnKernels(int threads) {
        this.threads = threads;
    }

    /**
     * Loads the library.
     *
     * @throws LinkageError where it does not load on this machine
     */
    static void load() {
        Loader.load(dnnl.class);
    }

    /** How many threads OpenMP uses by itself: its variable may hold a list, of which the first number counts. */
    static int threads(@Nullable String variable, int processors) {
        try {
            return variable == null ? processors : Math.max(1, Integer.parseInt(variable.split(",", -1)[0].trim()));
        } catch (NumberFormatException e) {
            return processors;
        }
    }

    /** Threads that one operation uses. */
    int threads() {
        return threads;
    }

    @Override
    public String description() {
        return "oneDNN " + version() + " for matrix products, plain Java for all else, " + threadsText();
    }

    static String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    String threadsText() {
        return threads == 1 ? "1 thread" : threads + " threads";
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
        requireMatrix("A", transposeA ? k : m, transposeA ? m : k, strideA, a);
        requireMatrix("B", transposeB ? n : k, transposeB ? k : n, strideB, b);
        requireMatrix("C", m, n, strideC, c);
        int status = dnnl_sgemm(
                (byte) (transposeA ? 'T' : 'N'),
                (byte) (transposeB ? 'T' : 'N'),
                m,
                n,
                k,
                alpha,
                a.pointer(),
                strideA,
                b.pointer(),
                strideB,
                beta,
                c.pointer(),
                strideC);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refused the product of " + m + " x " + k + " and " + k + " x " + n
                    + " with status " + status);
        }
    }

    /** Native code does not check bounds. */
    private static void requireMatrix(String name, int rows, int columns, int stride, FloatMemory memory) {
        long needed = rows == 0 || columns == 0 ? 0 : (rows - 1L) * stride + columns;
        if (stride < columns || needed > memory.size()) {
            throw new IllegalArgumentException("expected memory of at least " + needed + " floats for matrix " + name
                    + " of " + rows + " x " + columns + " with stride " + stride + ", found " + memory);
        }
    }
}
