package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One vector of a bank: its chunks, off the heap, next to each other in a few large pieces, so that a fetch finds them
 * in one stretch and the system can give them large pages. Freed when no chunk is reachable any more.
 */
final class OffHeapVector {
    private static final int CACHE_LINE = 64;

    /** Floats of a piece, at most. */
    private static final long PIECE = 256L * Chunks.FLOATS;

    private final List<ByteBuffer> chunks = new ArrayList<>();

    /**
     * Allocates a vector.
     *
     * @param initial the value of all elements
     * @throws OutOfMemoryError where the limit of direct memory is reached
     */
    OffHeapVector(Chunks cut, float initial) {
        int first = 0;
        while (first < cut.count()) {
            int end = first;
            long floats = 0;
            while (end < cut.count() && floats + padded(cut.length(end)) <= PIECE) {
                floats += padded(cut.length(end++));
            }
            allocate(cut, first, end, (int) floats);
            first = end;
        }
        if (initial != 0) {
            chunks.forEach(chunk -> fill(chunk, initial));
        }
    }

    private void allocate(Chunks cut, int first, int end, int floats) {
        ByteBuffer piece =
                ByteBuffer.allocateDirect(floats * Float.BYTES + CACHE_LINE).alignedSlice(CACHE_LINE);
        int offset = 0;
        for (int chunk = first; chunk < end; chunk++) {
            chunks.add(piece.slice(offset * Float.BYTES, cut.length(chunk) * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN));
            offset += padded(cut.length(chunk));
        }
    }

    private static int padded(int floats) {
        int line = CACHE_LINE / Float.BYTES;
        return (floats + line - 1) / line * line;
    }

    private static void fill(ByteBuffer chunk, float value) {
        for (int i = 0; i < chunk.capacity(); i += Float.BYTES) {
            chunk.putFloat(i, value);
        }
    }

    /** The memory of a chunk, little-endian; shared, so position and limit must not be changed. */
    ByteBuffer chunk(int chunk) {
        return chunks.get(chunk);
    }

    /** A view of part of a chunk, for the caller alone. */
    ByteBuffer view(Chunks.Segment segment) {
        return chunk(segment.chunk())
                .slice(segment.from() * Float.BYTES, segment.length() * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
