package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The functions of our own native library, whose sources are in {@code src/main/c}. Buffers are direct. */
final class NativeRules {
    private static final String RESOURCE = "/org/distbelief/paramserver/kernel/linux-x86_64/libdistbelief-rules.so";

    private NativeRules() {}

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
            NativeResource.load(RESOURCE);
        }

        private Loading() {}

        static void once() {
            // Has happened when this can be called.
        }
    }

    /** Offsets and lengths count floats; {@code offset} is that of the parameters and of the state. */
    static native void apply(
            int form,
            float a,
            float b,
            float c,
            float d,
            float e,
            float f,
            int length,
            ByteBuffer parameters,
            @Nullable ByteBuffer first,
            @Nullable ByteBuffer second,
            int offset,
            ByteBuffer gradient,
            int gradientOffset);

    /** Leaves in {@code rest}, where there is one, what the encoding of floats + rest has lost. */
    static native void encode(
            int encoding,
            int length,
            ByteBuffer floats,
            int offset,
            @Nullable ByteBuffer rest,
            int restOffset,
            ByteBuffer encoded,
            int encodedByte);

    static native void decode(
            int encoding, int length, ByteBuffer encoded, int encodedByte, ByteBuffer floats, int offset);

    static native boolean finite(ByteBuffer floats, int offset, int length);

    /**
     * {@link VectorKernels#run}; an array has a place for each step.
     *
     * @param operations the numbers of {@link VectorStep.Kind}
     * @return whether there was memory for it; otherwise nothing was done
     */
    static native boolean vectors(
            int length,
            int[] operations,
            double[] factors,
            ByteBuffer[] to,
            int[] toOffsets,
            ByteBuffer[] from,
            int[] fromOffsets,
            double[] sums);

    /** @return a file descriptor; or an error number of the system, negative */
    static native int sealedMemory(String name, long bytes);

    /** @return null where it cannot be mapped */
    static native @Nullable ByteBuffer mapMemory(int descriptor, long bytes);

    /** Nobody may touch the memory afterwards. */
    static native void freeMemory(int descriptor, @Nullable ByteBuffer mapped);

    static native void copyPastCache(ByteBuffer to, int toByte, ByteBuffer from, int fromByte, int bytes);
}
