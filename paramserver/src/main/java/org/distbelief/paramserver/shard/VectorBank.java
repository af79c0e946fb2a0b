package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;

/**
 * Named vectors over the same ranges of the flat parameter vector, kept in {@code float[]} chunks. Each chunk has a
 * lock, held for one copy or one update: readers may see different chunks at different updates, never a torn chunk. For
 * use by any number of threads.
 */
public final class VectorBank {
    /** A buffer for {@link VectorReader#read} that takes at least one whole chunk. */
    public static final int CHUNK_BYTES = Chunks.FLOATS * Float.BYTES;

    private final Chunks chunks;
    private final Map<VectorName, float[][]> vectors;
    private final Object[] locks;

    /**
     * Allocates the vectors.
     *
     * @param ranges what is kept
     * @param initial the vectors and the value that all their elements have at first
     */
    public VectorBank(RangeSet ranges, Map<VectorName, Float> initial) {
        this.chunks = new Chunks(ranges);
        this.locks = new Object[chunks.count()];
        for (int chunk = 0; chunk < locks.length; chunk++) {
            locks[chunk] = new Object();
        }
        Map<VectorName, float[][]> allocated = new TreeMap<>();
        initial.forEach((name, value) -> {
            float[][] vector = new float[chunks.count()][];
            for (int chunk = 0; chunk < vector.length; chunk++) {
                vector[chunk] = new float[chunks.length(chunk)];
                if (value != 0) {
                    Arrays.fill(vector[chunk], value);
                }
            }
            allocated.put(name, vector);
        });
        this.vectors = Collections.unmodifiableMap(allocated);
    }

    /** What every vector covers. */
    public RangeSet ranges() {
        return chunks.ranges();
    }

    /** The vectors' names. */
    public Set<VectorName> names() {
        return vectors.keySet();
    }

    /** Gives an element's value for its flat index. */
    @FunctionalInterface
    public interface Values {
        float at(long index);
    }

    /** Sets elements of a vector by their flat index. */
    public void fill(VectorName name, RangeSet ranges, Values values) {
        float[][] vector = vector(name);
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            synchronized (locks[segment.chunk()]) {
                float[] target = vector[segment.chunk()];
                long start = chunks.start(segment.chunk());
                for (int i = segment.from(); i < segment.from() + segment.length(); i++) {
                    target[i] = values.at(start + i);
                }
            }
        }
    }

    /** A reader of part of a vector. */
    public VectorReader reader(VectorName name, RangeSet ranges) {
        return new VectorReader(this, vector(name), chunks.segments(ranges));
    }

    /**
     * Sets elements of a vector, chunk by chunk.
     *
     * @param from exactly the ranges' floats in ascending order, little-endian; its position moves to its limit
     */
    public void write(VectorName name, RangeSet ranges, ByteBuffer from) {
        if (from.remaining() != ranges.size() * Float.BYTES) {
            throw new IllegalArgumentException(
                    "expected " + ranges.size() * Float.BYTES + " bytes for " + ranges + ", found " + from.remaining());
        }
        float[][] vector = vector(name);
        FloatBuffer floats = from.asFloatBuffer();
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            synchronized (locks[segment.chunk()]) {
                floats.get(vector[segment.chunk()], segment.from(), segment.length());
            }
        }
        from.position(from.limit());
    }

    Chunks chunks() {
        return chunks;
    }

    Object lock(int chunk) {
        return locks[chunk];
    }

    /** The chunks of a vector; touched only under their locks. */
    float[][] vector(VectorName name) {
        float[][] vector = vectors.get(name);
        if (vector == null) {
            throw new IllegalArgumentException("expected one of the vectors " + vectors.keySet() + ", found " + name);
        }
        return vector;
    }

    List<float[][]> vectorsOf(List<VectorName> names) {
        return names.stream().map(this::vector).toList();
    }
}
