package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;

/**
 * Named vectors over the same ranges of the flat parameter vector, kept off the heap in chunks. Each chunk has a lock,
 * held for one copy or one update: readers may see different chunks at different updates, never a torn chunk. For use
 * by any number of threads.
 */
public final class VectorBank {
    /** Bytes of the longest piece that {@link VectorReader#next} hands out. */
    public static final int CHUNK_BYTES = Chunks.FLOATS * Float.BYTES;

    private final Chunks chunks;
    private final Map<VectorName, OffHeapVector> vectors;
    private final Object[] locks;

    /**
     * Allocates the vectors.
     *
     * @param ranges what is kept
     * @param initial the vectors and the value that all their elements have at first
     * @throws OutOfMemoryError where the limit of direct memory is reached
     */
    public VectorBank(RangeSet ranges, Map<VectorName, Float> initial) {
        this.chunks = new Chunks(ranges);
        this.locks = new Object[chunks.count()];
        for (int chunk = 0; chunk < locks.length; chunk++) {
            locks[chunk] = new Object();
        }
        Map<VectorName, OffHeapVector> allocated = new TreeMap<>();
        initial.forEach((name, value) -> allocated.put(name, new OffHeapVector(chunks, value)));
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

    /** Bytes of all vectors. */
    public long bytes() {
        return Float.BYTES * ranges().size() * vectors.size();
    }

    /** Gives an element's value for its flat index. */
    @FunctionalInterface
    public interface Values {
        float at(long index);
    }

    /** Sets elements of a vector by their flat index. */
    public void fill(VectorName name, RangeSet ranges, Values values) {
        OffHeapVector vector = vector(name);
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            long start = chunks.start(segment.chunk()) + segment.from();
            ByteBuffer target = vector.view(segment);
            synchronized (locks[segment.chunk()]) {
                for (int i = 0; i < segment.length(); i++) {
                    target.putFloat(values.at(start + i));
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
        OffHeapVector vector = vector(name);
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            ByteBuffer target = vector.view(segment);
            ByteBuffer source = from.slice(from.position(), target.capacity());
            synchronized (locks[segment.chunk()]) {
                target.put(source);
            }
            from.position(from.position() + target.capacity());
        }
    }

    Chunks chunks() {
        return chunks;
    }

    Object lock(int chunk) {
        return locks[chunk];
    }

    /** A vector, whose chunks are touched only under their locks. */
    OffHeapVector vector(VectorName name) {
        OffHeapVector vector = vectors.get(name);
        if (vector == null) {
            throw new IllegalArgumentException("expected one of the vectors " + vectors.keySet() + ", found " + name);
        }
        return vector;
    }

    List<OffHeapVector> vectorsOf(List<VectorName> names) {
        return names.stream().map(this::vector).toList();
    }
}
