package org.distbelief.container.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for floats in little-endian order, aligned to 64 bytes where it was allocated. Its owner allocates it
 * once and hands out slices that share it; it is freed when neither it nor a slice is reachable any more. Accesses are
 * not synchronised: who shares memory between threads orders their accesses.
 */
public final class FloatMemory {
    /** Bytes to whose multiples allocated memory is aligned. */
    public static final int ALIGNMENT = 64;

    /** The most floats in one piece of memory. */
    public static final int MOST = (Integer.MAX_VALUE - 2 * ALIGNMENT) / Float.BYTES;

    private static final float[] ZEROS = new float[4096];

    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private @Nullable FloatPointer pointer;

    private FloatMemory(ByteBuffer bytes) {
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
    }

    /**
     * New memory, all 0.
     *
     * @param size number of floats, from 0 to {@link #MOST}
     * @throws OutOfMemoryError where the JVM's limit of direct memory ({@code -XX:MaxDirectMemorySize}) is reached
     */
    public static FloatMemory allocate(long size) {
        if (size < 0 || size > MOST) {
            throw new IllegalArgumentException(
                    "expected 0 to " + MOST + " floats in one piece of memory, found " + size);
        }
        ByteBuffer raw = ByteBuffer.allocateDirect((int) bytesFor(size));
        return new FloatMemory(
                raw.alignedSlice(ALIGNMENT).slice(0, (int) size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** New memory that holds these values. */
    public static FloatMemory of(float... values) {
        FloatMemory memory = allocate(values.length);
        memory.write(0, values, 0, values.length);
        return memory;
    }

    /** Bytes off-heap that {@link #allocate} takes for a number of floats. */
    public static long bytesFor(long size) {
        long lines = (Math.multiplyExact(size, Float.BYTES) + ALIGNMENT - 1) / ALIGNMENT;
        return Math.multiplyExact(lines + 1, (long) ALIGNMENT);
    }

    /** Number of floats. */
    public int size() {
        return floats.capacity();
    }

    /** The float at an index. */
    public float get(int index) {
        return floats.get(index);
    }

    /** Sets the float at an index. */
    public void put(int index, float value) {
        floats.put(index, value);
    }

    /** Copies {@code count} floats from {@code start} on into an array. */
    public void read(int start, float[] into, int offset, int count) {
        floats.get(start, into, offset, count);
    }

    /** Copies {@code count} floats of an array to {@code start}. */
    public void write(int start, float[] from, int offset, int count) {
        floats.put(start, from, offset, count);
    }

    /** Copies {@code count} floats of another memory to {@code start}. */
    public void write(int start, FloatMemory from, int offset, int count) {
        floats.put(start, from.floats, offset, count);
    }

    /** Sets {@code count} floats from {@code start} on to 0. */
    public void clear(int start, int count) {
        for (int done = 0; done < count; done += ZEROS.length) {
            floats.put(start + done, ZEROS, 0, Math.min(ZEROS.length, count - done));
        }
    }

    /** A piece of this memory, shared with it and not copied. */
    public FloatMemory slice(int start, int size) {
        Objects.checkFromIndexSize(start, size, size());
        return new FloatMemory(
                bytes.slice(start * Float.BYTES, size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** A view of the memory as bytes, little-endian, position 0; shared with it and not copied. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A view of the memory as floats, position 0; shared with it and not copied. */
    public FloatBuffer floats() {
        return floats.duplicate();
    }

    /** A copy of all floats on the heap. */
    public float[] toArray() {
        float[] copy = new float[size()];
        read(0, copy, 0, copy.length);
        return copy;
    }

    /** The native address, for the native kernels only; the pointer owns nothing. */
    FloatPointer pointer() {
        FloatPointer known = pointer;
        if (known == null) {
            known = new FloatPointer(floats);
            pointer = known;
        }
        return known;
    }

    /** The native address, for the native kernels only, while the memory is reachable. */
    long address() {
        return pointer().address();
    }

    @Override
    public String toString() {
        return size() + " floats";
    }
}
