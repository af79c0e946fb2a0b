package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;

/**
 * For each replica the parameters as it fetched them last, for rules that compare with them. A replica's next
 * incarnation takes its copy over. For any number of threads.
 */
final class FetchedCopies {
    private final VectorBank bank;
    private final List<Copy> copies;

    /** A replica's copy; a chunk of it is touched under that chunk's lock only. */
    private static final class Copy {
        private final OffHeapVector vector;
        private final boolean[] filled;

        Copy(Chunks chunks) {
            this.vector = new OffHeapVector(chunks, 0);
            this.filled = new boolean[chunks.count()];
        }
    }

    /**
     * Allocates the copies.
     *
     * @param replicas how many replicas there are; of others no copies are kept
     */
    FetchedCopies(VectorBank bank, int replicas) {
        this.bank = bank;
        this.copies = IntStream.range(0, replicas)
                .mapToObj(replica -> new Copy(bank.chunks()))
                .toList();
    }

    /** Bytes of all copies. */
    long bytes() {
        return Float.BYTES * bank.ranges().size() * copies.size();
    }

    /** Reads parameters, and keeps a copy of what is read. */
    VectorReader reader(int replica, RangeSet ranges) {
        return replica < 0 || replica >= copies.size()
                ? bank.reader(VectorName.PARAMETERS, ranges)
                : new VectorReader(
                        bank,
                        VectorName.PARAMETERS,
                        bank.chunks().segments(ranges),
                        segment -> keep(copies.get(replica), segment));
    }

    /**
     * Keeps what another shard's process has kept of a replica's fetch.
     *
     * @param piece which part of the message
     * @param floats the message
     */
    void keep(int replica, Chunks.Piece piece, ByteBuffer floats) {
        if (replica >= copies.size()) {
            return;
        }
        Chunks.Segment segment = piece.segment();
        synchronized (bank.lock(segment.chunk())) {
            Copy copy = copies.get(replica);
            if (!copy.filled[segment.chunk()]) {
                keep(copy, segment);
            }
            ByteBuffer part = copy.vector.view(segment);
            part.put(floats.slice(floats.position() + piece.offset() * Float.BYTES, part.capacity()));
        }
    }

    /** Nobody has fetched anything, as far as is known. */
    void forget() {
        for (Copy copy : copies) {
            for (int chunk = 0; chunk < copy.filled.length; chunk++) {
                synchronized (bank.lock(chunk)) {
                    copy.filled[chunk] = false;
                }
            }
        }
    }

    private void keep(Copy copy, Chunks.Segment segment) {
        int chunk = segment.chunk();
        // What no fetch has read yet is as new as the rest.
        Chunks.Segment part = copy.filled[chunk]
                ? segment
                : new Chunks.Segment(chunk, 0, bank.chunks().length(chunk));
        copy.vector.view(part).put(bank.vector(VectorName.PARAMETERS, chunk).view(part));
        copy.filled[chunk] = true;
    }

    /**
     * A chunk of the parameters as a replica fetched them; as they are now where it has not. Call with the chunk's
     * lock.
     */
    ByteBuffer chunk(int replica, int chunk) {
        return replica < copies.size() && copies.get(replica).filled[chunk]
                ? copies.get(replica).vector.chunk(chunk)
                : bank.vector(VectorName.PARAMETERS, chunk).chunk(chunk);
    }
}
