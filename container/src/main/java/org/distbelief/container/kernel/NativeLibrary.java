package org.distbelief.container.kernel;

import org.bytedeco.javacpp.Loader;
import org.distbelief.paramserver.kernel.NativeResource;

/**
 * The functions of our own native library, whose sources are in {@code src/main/c}. Memory is passed by address: the
 * caller has checked its size and keeps it alive. The library uses the OpenMP that oneDNN brought, so the two share
 * their threads; oneDNN must be loaded first.
 */
final class NativeLibrary {
    /** The widest instructions that {@link #choose} knows. */
    static final int WIDEST = 2;

    private NativeLibrary() {}

    /**
     * Loads the library from the class path, once in a process.
     *
     * @throws LinkageError where it was not built for this machine's platform, or does not load
     */
    static void load() {
        Loading.once();
    }

    /** Loads when it is initialised. */
    private static final class Loading {
        static {
            NativeResource.load(
                    "/org/distbelief/container/kernel/" + Loader.getPlatform() + "/libdistbelief-kernels.so");
        }

        private Loading() {}

        static void once() {
            // Has happened when this can be called.
        }
    }

    /** Chooses the machine's widest instructions, at most {@code most}; for the whole process. Returns their name. */
    static native String choose(int most);

    /** Sets how many threads OpenMP uses for what the calling thread asks of it. */
    static native void threads(int count);

    /**
     * Has the processor take subnormal numbers for 0 in this thread, as the functions below do by themselves.
     *
     * @return to be handed to {@link #restore} in this thread, before anything else is computed in Java
     */
    static native int flushSubnormals();

    static native void restore(int state);

    static native void activate(int f, int rows, int columns, long bias, long values);

    static native void activationGradient(int f, long count, long outputs, long gradient);

    static native void rowSums(int rows, int columns, float scale, long values, boolean add, long sums);

    static native void softmax(int rows, int columns, float scale, long values, long sums);

    static native void scaleColumns(int rows, int columns, long factors, long values);

    static native double logistic(long count, float scale, long x);

    static native double sumOfSquares(long count, long x);

    static native void axpy(long count, float a, long x, long y);

    static native void accrue(long count, long x, long sum, float a, long y);

    static native void scale(long count, float a, long x);

    static native void clamp(long count, float limit, long x);

    static native void decay(long count, float l1, float l2, long parameters, long gradient);

    static native void dropout(long key, long first, int units, int batch, float rate, long from, long to);

    /** Windows are tables of floats, in the order of the record's components. */
    static native void filter(
            long windows,
            int top,
            int left,
            int bottom,
            int right,
            int maps,
            boolean tied,
            int f,
            int batch,
            long weights,
            long biases,
            long in,
            long out);

    static native void filterInputGradient(
            long windows, int maps, boolean tied, int batch, long weights, long gradient, long inGradient);

    static native void filterParameterGradient(
            long windows,
            int maps,
            boolean tied,
            int batch,
            long in,
            long gradient,
            float scale,
            boolean add,
            long weightGradient,
            long biasGradient);

    static native void pool(long windows, int kind, int batch, long in, long out);

    static native void poolGradient(
            long windows, int kind, int batch, long in, long out, long gradient, long inGradient);

    static native void contrast(long table, int batch, long in, long work, long out);

    static native void contrastGradient(long table, int batch, long in, long work, long gradient, long inGradient);
}
