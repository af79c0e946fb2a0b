package org.distbelief.container.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.stream;
import org.jspecify.annotations.Nullable;

/**
 * The kernels on oneDNN (Apache-2.0), through JavaCPP, on the memory itself without copies.
 *
 * <p>Its threads are OpenMP's, whose number OpenMP reads from the environment variable {@value #THREADS_VARIABLE} when
 * the library is loaded: who starts a container's process sets it to the container's virtual cores. JavaCPP unpacks the
 * libraries into the directory of the system property {@code org.bytedeco.javacpp.cachedir}.
 */
public final class OneDnnKernels implements Kernels {
    /** Environment variable with the number of threads of one operation. */
    public static final String THREADS_VARIABLE = "OMP_NUM_THREADS";

    /** Mini-batches come in few sizes, so a step's operations are soon all known; this bounds the odd ones. */
    private static final int MOST_OPERATIONS = 512;

    private final engine cpu;
    private final stream queue;
    private final int threads;
    private final OneDnnOperations build;
    private final FloatMemory factor = FloatMemory.allocate(1);
    private final Map<Key, OneDnnOperation> operations = new LinkedHashMap<>(64, 0.75f, true);

    /** What an operation was made for; oneDNN's operations are made for one shape. */
    private record Key(Kind kind, int rows, int columns) {}

    private enum Kind {
        BIAS_LINEAR,
        BIAS_SIGMOID,
        BIAS_TANH,
        BIAS_RELU,
        GRADIENT_SIGMOID,
        GRADIENT_TANH,
        GRADIENT_RELU,
        ROW_SUMS,
        ADD_ROW_SUMS,
        SOFTMAX,
        AXPY,
        SCALE
    }

    private OneDnnKernels(engine cpu, int threads) {
        this.cpu = cpu;
        this.queue = new stream(cpu);
        this.threads = threads;
        this.build = new OneDnnOperations(cpu, queue);
    }

    /**
     * Loads the library.
     *
     * @throws LinkageError where it does not load on this machine
     */
    public static OneDnnKernels open() {
        return new OneDnnKernels(
                new engine(engine.kind.cpu, 0),
                threads(System.getenv(THREADS_VARIABLE), Runtime.getRuntime().availableProcessors()));
    }

    /** How many threads OpenMP uses: its variable may hold a list, of which the first number counts. */
    static int threads(@Nullable String variable, int processors) {
        try {
            return variable == null ? processors : Math.max(1, Integer.parseInt(variable.split(",", -1)[0].trim()));
        } catch (NumberFormatException e) {
            return processors;
        }
    }

    /** Threads that one operation uses. */
    public int threads() {
        return threads;
    }

    @Override
    public String description() {
        dnnl_version_t version = dnnl.dnnl_version();
        return "oneDNN " + version.major() + "." + version.minor() + "." + version.patch() + ", " + threads
                + (threads == 1 ? " thread" : " threads");
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
        requireInside("A", transposeA ? k : m, transposeA ? m : k, strideA, a);
        requireInside("B", transposeB ? n : k, transposeB ? k : n, strideB, b);
        requireInside("C", m, n, strideC, c);
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
    private static void requireInside(String name, int rows, int columns, int stride, FloatMemory memory) {
        long needed = rows == 0 || columns == 0 ? 0 : (rows - 1L) * stride + columns;
        if (stride < columns || needed > memory.size()) {
            throw new IllegalArgumentException("expected memory of at least " + needed + " floats for matrix " + name
                    + " of " + rows + " x " + columns + " with stride " + stride + ", found " + memory);
        }
    }

    @Override
    public void activate(Activation f, int rows, int columns, FloatMemory bias, FloatMemory values) {
        requireInside("values", rows, columns, columns, values);
        requireInside("bias", rows, 1, 1, bias);
        Kind kind = switch (f) {
            case LINEAR -> Kind.BIAS_LINEAR;
            case SIGMOID -> Kind.BIAS_SIGMOID;
            case TANH -> Kind.BIAS_TANH;
            case RELU -> Kind.BIAS_RELU;
        };
        operation(kind, rows, columns).run(values, bias, values);
    }

    @Override
    public void activationGradient(Activation f, int count, FloatMemory outputs, FloatMemory gradient) {
        requireInside("outputs", 1, count, count, outputs);
        requireInside("gradient", 1, count, count, gradient);
        switch (f) {
            case LINEAR -> {}
            case SIGMOID -> operation(Kind.GRADIENT_SIGMOID, 1, count).run(outputs, gradient, gradient);
            case TANH -> operation(Kind.GRADIENT_TANH, 1, count).run(outputs, gradient, gradient);
            case RELU -> operation(Kind.GRADIENT_RELU, 1, count).run(outputs, gradient, gradient);
        }
    }

    @Override
    public void rowSums(int rows, int columns, FloatMemory values, boolean add, FloatMemory sums) {
        requireInside("values", rows, columns, columns, values);
        requireInside("sums", rows, 1, 1, sums);
        if (columns == 1) {
            // oneDNN refuses a reduction that reduces nothing.
            if (add) {
                axpy(rows, 1, values, sums);
            } else {
                sums.write(0, values, 0, rows);
            }
            return;
        }
        operation(add ? Kind.ADD_ROW_SUMS : Kind.ROW_SUMS, rows, columns).run(values, sums);
    }

    @Override
    public void softmax(int rows, int columns, FloatMemory values) {
        requireInside("values", rows, columns, columns, values);
        operation(Kind.SOFTMAX, rows, columns).run(values, values);
    }

    @Override
    public void axpy(int count, float a, FloatMemory x, FloatMemory y) {
        requireInside("x", 1, count, count, x);
        requireInside("y", 1, count, count, y);
        factor.put(0, a);
        operation(Kind.AXPY, 1, count).run(y, x, y, factor);
    }

    @Override
    public void scale(int count, float a, FloatMemory x) {
        requireInside("x", 1, count, count, x);
        factor.put(0, a);
        operation(Kind.SCALE, 1, count).run(x, factor, x);
    }

    private OneDnnOperation operation(Kind kind, int rows, int columns) {
        Key key = new Key(kind, rows, columns);
        OneDnnOperation known = operations.get(key);
        if (known != null) {
            return known;
        }
        OneDnnOperation made = switch (kind) {
            case BIAS_LINEAR -> build.bias(rows, columns, null);
            case BIAS_SIGMOID -> build.bias(rows, columns, dnnl.algorithm.eltwise_logistic);
            case BIAS_TANH -> build.bias(rows, columns, dnnl.algorithm.eltwise_tanh);
            case BIAS_RELU -> build.bias(rows, columns, dnnl.algorithm.eltwise_relu);
            case GRADIENT_SIGMOID -> build.gradient(columns, dnnl.algorithm.eltwise_logistic_use_dst_for_bwd);
            case GRADIENT_TANH -> build.gradient(columns, dnnl.algorithm.eltwise_tanh_use_dst_for_bwd);
            case GRADIENT_RELU -> build.gradient(columns, dnnl.algorithm.eltwise_relu_use_dst_for_bwd);
            case ROW_SUMS -> build.rowSums(rows, columns, false);
            case ADD_ROW_SUMS -> build.rowSums(rows, columns, true);
            case SOFTMAX -> build.softmax(rows, columns);
            case AXPY -> build.axpy(columns);
            case SCALE -> build.scale(columns);
        };
        if (operations.size() >= MOST_OPERATIONS) {
            Key oldest = operations.keySet().iterator().next();
            OneDnnOperation evicted = operations.remove(oldest);
            if (evicted != null) {
                evicted.close();
            }
        }
        operations.put(key, made);
        return made;
    }

    @Override
    public void close() {
        operations.values().forEach(OneDnnOperation::close);
        operations.clear();
        queue.close();
        cpu.close();
    }
}
