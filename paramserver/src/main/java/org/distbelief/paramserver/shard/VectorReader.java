package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** Reads part of a vector in ascending order, whole chunks at a time. For one thread. */
public final class VectorReader {
    private final VectorBank bank;
    private final float[][] vector;
    private final List<Chunks.Segment> segments;
    private int next;

    VectorReader(VectorBank bank, float[][] vector, List<Chunks.Segment> segments) {
        this.bank = bank;
        this.vector = vector;
        this.segments = segments;
    }

    /** Whether everything was read. */
    public boolean finished() {
        return next == segments.size();
    }

    /**
     * Copies as many chunks as fit. A chunk's lock is held only while the chunk is copied.
     *
     * @param into of little-endian order; its position moves behind what was copied. With room for
     *     {@link VectorBank#CHUNK_BYTES} there is always progress
     * @return floats copied
     */
    public int read(ByteBuffer into) {
        FloatBuffer floats = into.asFloatBuffer();
        while (next < segments.size() && segments.get(next).length() <= floats.remaining()) {
            Chunks.Segment segment = segments.get(next++);
            synchronized (bank.lock(segment.chunk())) {
                floats.put(vector[segment.chunk()], segment.from(), segment.length());
            }
        }
        into.position(into.position() + floats.position() * Float.BYTES);
        return floats.position();
    }
}
