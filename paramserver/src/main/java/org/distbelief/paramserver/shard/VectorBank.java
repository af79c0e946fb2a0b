package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.jspecify.annotations.Nullable;

/**
 * Named vectors over the same ranges of the flat parameter vector, kept off the heap in chunks. Each chunk has a lock,
 * held for one copy or one update: readers may see different chunks at different updates, never a torn chunk. For use
 * by any number of threads.
 */
public final class VectorBank {
    /** Bytes of the longest piece that {@link VectorReader#next} hands out. */
    public static final int CHUNK_BYTES = Chunks.FLOATS * Float.BYTES;

    private final Chunks chunks;
    private final Set<VectorName> fixed;
    private final int most;
    private final Object[] locks;
    private volatile Naming naming;

    /** Memory that has no name now; touched by one thread at a time. */
    private List<OffHeapVector> spare = List.of();

    /** Vectors for which there is memory. */
    private volatile int allocated;

    /**
     * Allocates the vectors.
     *
     * @param ranges what is kept
     * @param initial the vectors and the value that all their elements have at first
     * @throws OutOfMemoryError where the limit of direct memory is reached
     */
    public VectorBank(RangeSet ranges, Map<VectorName, Float> initial) {
        this(ranges, initial, initial.size());
    }

    /**
     * Allocates the vectors, in a bank that may have more of them later.
     *
     * @param initial the vectors that there always are, and the value that all their elements have at first
     * @param most how many vectors there may be at the same time
     * @throws OutOfMemoryError where the limit of direct memory is reached
     */
    VectorBank(RangeSet ranges, Map<VectorName, Float> initial, int most) {
        if (most < initial.size()) {
            throw new IllegalArgumentException(
                    "expected room for the vectors " + initial.keySet() + ", found room for " + most);
        }
        this.fixed = Set.copyOf(initial.keySet());
        this.most = most;
        this.chunks = new Chunks(ranges);
        this.locks = new Object[chunks.count()];
        for (int chunk = 0; chunk < locks.length; chunk++) {
            locks[chunk] = new Object();
        }
        SortedMap<VectorName, OffHeapVector> first = new TreeMap<>();
        initial.forEach((name, value) -> first.put(name, new OffHeapVector(chunks, value)));
        this.naming = Naming.of(first);
        this.allocated = first.size();
    }

    /** What every vector covers. */
    public RangeSet ranges() {
        return chunks.ranges();
    }

    /** The vectors' names, in their order; while a program runs, those before it. */
    public Set<VectorName> names() {
        return Collections.unmodifiableSet(naming.before().keySet());
    }

    /** The vectors that there always are. */
    public Set<VectorName> fixed() {
        return fixed;
    }

    /** How many vectors there may be at the same time. */
    public int most() {
        return most;
    }

    /** Bytes of all vectors, and of memory that is kept for further ones. */
    public long bytes() {
        return Float.BYTES * ranges().size() * allocated;
    }

    /** Gives an element's value for its flat index. */
    @FunctionalInterface
    public interface Values {
        float at(long index);
    }

    /** Sets elements of a vector by their flat index. */
    public void fill(VectorName name, RangeSet ranges, Values values) {
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            long start = chunks.start(segment.chunk()) + segment.from();
            synchronized (locks[segment.chunk()]) {
                ByteBuffer target = vector(name, segment.chunk()).view(segment);
                for (int i = 0; i < segment.length(); i++) {
                    target.putFloat(values.at(start + i));
                }
            }
        }
    }

    /** A reader of part of a vector. */
    public VectorReader reader(VectorName name, RangeSet ranges) {
        return new VectorReader(this, name, chunks.segments(ranges));
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
        for (Chunks.Segment segment : chunks.segments(ranges)) {
            int bytes = segment.length() * Float.BYTES;
            synchronized (locks[segment.chunk()]) {
                vector(name, segment.chunk()).view(segment).put(from.slice(from.position(), bytes));
            }
            from.position(from.position() + bytes);
        }
    }

    Chunks chunks() {
        return chunks;
    }

    Object lock(int chunk) {
        return locks[chunk];
    }

    /** The memory of a vector's chunk; null where there is no such vector. Call and use with the chunk's lock. */
    @Nullable
    OffHeapVector find(VectorName name, int chunk) {
        return naming.find(name, chunk);
    }

    /** {@link #find} of a vector that there is. */
    OffHeapVector vector(VectorName name, int chunk) {
        return there(name, naming.find(name, chunk));
    }

    /** A vector as it is named before a program that runs now. */
    OffHeapVector vector(VectorName name) {
        return there(name, naming.before().get(name));
    }

    private OffHeapVector there(VectorName name, @Nullable OffHeapVector vector) {
        if (vector == null) {
            throw new IllegalArgumentException("expected one of the vectors " + names() + ", found " + name);
        }
        return vector;
    }

    /**
     * Sees to it that a program can be run: that its vectors are there, and memory for those that it makes. Not while
     * another one runs.
     *
     * @throws ShardException where it can't; no vector has changed
     */
    void prepare(ShardProgram program) throws ShardException {
        allocate(new ProgramNames(names(), fixed, most).follow(program));
    }

    private void allocate(int vectors) throws ShardException {
        List<OffHeapVector> more = new ArrayList<>(spare);
        int count = allocated;
        try {
            for (; count < vectors; count++) {
                more.add(new OffHeapVector(chunks, 0));
            }
        } catch (OutOfMemoryError e) {
            throw new ShardException(
                    ShardException.Kind.NO_VECTOR,
                    "expected memory for " + vectors + " vectors, found it for " + count + ": " + e.getMessage()
                            + "; raise shards.memory in the job file",
                    e);
        } finally {
            allocated = count;
            spare = List.copyOf(more);
        }
    }

    /** Begins to run a program that this is prepared for. */
    ResolvedProgram begin(ShardProgram program) {
        Naming now = naming;
        ResolvedProgram resolved = ResolvedProgram.of(program, now.before(), spare);
        naming = new Naming(now.before(), resolved.after(), 0);
        return resolved;
    }

    /** The program has done so many chunks; call with the lock of the last one. */
    void done(int chunk) {
        naming = naming.done(chunk);
    }

    /** The program has done all chunks. */
    void end(ResolvedProgram resolved) {
        naming = Naming.of(resolved.after());
        spare = resolved.spare();
    }

    /**
     * Has exactly these vectors from now on, whatever is in those that were not there; while nobody else uses them.
     *
     * @throws ShardException where one that there always is is missing, or they are too many
     */
    void rename(Set<VectorName> names) throws ShardException {
        if (!names.containsAll(fixed) || names.size() > most) {
            throw new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected at most " + most + " vectors with " + fixed + " among them, found " + names);
        }
        allocate(names.size());
        SortedMap<VectorName, OffHeapVector> renamed = new TreeMap<>(naming.before());
        renamed.keySet().retainAll(names);
        List<OffHeapVector> free = new ArrayList<>(spare);
        naming.before().forEach((name, vector) -> {
            if (!names.contains(name)) {
                free.add(vector);
            }
        });
        for (VectorName name : names) {
            renamed.computeIfAbsent(name, n -> free.remove(free.size() - 1));
        }
        naming = Naming.of(renamed);
        spare = List.copyOf(free);
    }
}
