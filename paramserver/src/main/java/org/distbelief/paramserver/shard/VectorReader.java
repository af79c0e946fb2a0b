package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.distbelief.paramserver.VectorName;

/** Reads part of a vector in ascending order, a chunk at a time. For one thread. */
public final class VectorReader {
    private final VectorBank bank;
    private final VectorName name;
    private final OffHeapVector first;
    private final List<Chunks.Segment> segments;
    private final Consumer<Chunks.Segment> whenRead;
    private int next;

    VectorReader(VectorBank bank, VectorName name, List<Chunks.Segment> segments) {
        this(bank, name, segments, segment -> {});
    }

    /** @param whenRead hears of each piece that was read, while nobody may change it */
    VectorReader(VectorBank bank, VectorName name, List<Chunks.Segment> segments, Consumer<Chunks.Segment> whenRead) {
        this.bank = bank;
        this.name = name;
        this.first = bank.vector(name);
        this.segments = segments;
        this.whenRead = whenRead;
    }

    /**
     * Takes a piece of a vector while nobody may change it, so without waiting for anything.
     *
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface Sink<E extends Exception> {
        /** @param floats little-endian, of at most {@link VectorBank#CHUNK_BYTES}; not to be used afterwards */
        void take(ByteBuffer floats) throws E;
    }

    /** Whether everything was read. */
    public boolean finished() {
        return next == segments.size();
    }

    /**
     * Hands out the next piece, straight from the shard's memory. The chunk's lock is held meanwhile.
     *
     * @throws NoSuchElementException where there is no more
     */
    public <E extends Exception> void next(Sink<E> sink) throws E {
        Chunks.Segment segment = following();
        synchronized (bank.lock(segment.chunk())) {
            sink.take(memory(segment));
            whenRead.accept(segment);
        }
    }

    /**
     * Hands out the next piece, straight from the shard's memory, to be overwritten. The chunk's lock is not held:
     * whoever reads the chunk meanwhile sees part of what is written.
     *
     * @throws NoSuchElementException where there is no more
     */
    public <E extends Exception> void overwriteNext(Sink<E> source) throws E {
        source.take(memory(following()));
    }

    /** Of a vector that is freed meanwhile the rest is anything: who reads it has not waited for who frees it. */
    private ByteBuffer memory(Chunks.Segment segment) {
        OffHeapVector now = bank.find(name, segment.chunk());
        return (now == null ? first : now).view(segment);
    }

    private Chunks.Segment following() {
        if (finished()) {
            throw new NoSuchElementException("everything was read");
        }
        return segments.get(next++);
    }

    /** Copies all that is left to a buffer with room for it, whose position moves behind it. */
    public void readAll(ByteBuffer into) {
        while (!finished()) {
            next(into::put);
        }
    }
}
