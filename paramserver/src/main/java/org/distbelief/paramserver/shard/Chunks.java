package org.distbelief.paramserver.shard;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/** How the floats of a shard's ranges are cut into chunks: a chunk never crosses the border of a range. Immutable. */
final class Chunks {
    /** Floats of a full chunk: a quarter of a megabyte, so that a chunk and its gradient stay in a core's cache. */
    static final int FLOATS = 65_536;

    /**
     * A part of one chunk.
     *
     * @param chunk index of the chunk
     * @param from offset of the first float within the chunk
     * @param length number of floats
     */
    record Segment(int chunk, int from, int length) {}

    /**
     * A segment, and where its floats lie in a message that holds several.
     *
     * @param offset of its first float within the message
     */
    record Piece(Segment segment, int offset) {}

    private final RangeSet ranges;
    private final List<Range> chunks;

    Chunks(RangeSet ranges) {
        this.ranges = ranges;
        List<Range> cut = new ArrayList<>();
        for (Range range : ranges) {
            for (long start = range.start(); start < range.end(); start += FLOATS) {
                cut.add(new Range(start, Math.min(start + FLOATS, range.end())));
            }
        }
        this.chunks = List.copyOf(cut);
    }

    RangeSet ranges() {
        return ranges;
    }

    int count() {
        return chunks.size();
    }

    int length(int chunk) {
        return (int) chunks.get(chunk).size();
    }

    /** Flat index of a chunk's first float. */
    long start(int chunk) {
        return chunks.get(chunk).start();
    }

    /**
     * The segments that make up a set of parameters, in ascending order.
     *
     * @throws IllegalArgumentException where some are not here
     */
    List<Segment> segments(RangeSet wanted) {
        List<Segment> segments = new ArrayList<>();
        long found = 0;
        int chunk = 0;
        for (Range range : wanted) {
            while (chunk < chunks.size() && chunks.get(chunk).end() <= range.start()) {
                chunk++;
            }
            for (int c = chunk; c < chunks.size() && chunks.get(c).start() < range.end(); c++) {
                Range here = chunks.get(c);
                long start = Math.max(here.start(), range.start());
                int length = (int) (Math.min(here.end(), range.end()) - start);
                segments.add(new Segment(c, (int) (start - here.start()), length));
                found += length;
            }
        }
        if (found != wanted.size()) {
            throw new IllegalArgumentException("expected parameters within " + ranges + ", found " + wanted);
        }
        return segments;
    }

    /** The segments of a set of parameters whose floats come in one message, in ascending order. */
    List<Piece> pieces(RangeSet wanted) {
        List<Piece> pieces = new ArrayList<>();
        int offset = 0;
        for (Segment segment : segments(wanted)) {
            pieces.add(new Piece(segment, offset));
            offset += segment.length();
        }
        return pieces;
    }
}
