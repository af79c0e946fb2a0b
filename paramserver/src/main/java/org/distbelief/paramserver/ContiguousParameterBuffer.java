package org.distbelief.paramserver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A {@link ParameterBuffer} of one direct segment, for small models and for tests; at most 2 GiB. */
public final class ContiguousParameterBuffer implements ParameterBuffer {
    private final ByteBuffer memory;
    private final int size;

    /** @param size number of floats, all 0 at first */
    public ContiguousParameterBuffer(int size) {
        this.size = size;
        this.memory =
                ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long segmentEnd(long start) {
        Objects.checkIndex(start, size);
        return size;
    }

    @Override
    public ByteBuffer view(long start, int length) {
        Objects.checkFromIndexSize(start, (long) length, (long) size);
        return memory.slice((int) start * Float.BYTES, length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The float at an index. */
    public float get(int index) {
        return memory.getFloat(Objects.checkIndex(index, size) * Float.BYTES);
    }

    /** Sets the float at an index. */
    public void set(int index, float value) {
        memory.putFloat(Objects.checkIndex(index, size) * Float.BYTES, value);
    }
}
