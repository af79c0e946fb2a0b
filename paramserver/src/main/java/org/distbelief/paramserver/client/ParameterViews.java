package org.distbelief.paramserver.client;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/** Walks through the memory of a set of parameters in ascending order, segment by segment. For one thread. */
public final class ParameterViews {
    private static final int MOST_FLOATS = Integer.MAX_VALUE / Float.BYTES;

    private final ParameterBuffer buffer;
    private final Iterator<Range> ranges;
    private long start;
    private long end;

    public ParameterViews(ParameterBuffer buffer, RangeSet ranges) {
        this.buffer = buffer;
        this.ranges = ranges.iterator();
    }

    /** Whether there is more. */
    public boolean hasNext() {
        return start < end || ranges.hasNext();
    }

    /**
     * The next stretch of contiguous memory.
     *
     * @param mostBytes its greatest length, at least one float
     * @return at least one float and no more than asked; little-endian
     * @throws java.util.NoSuchElementException where there is no more
     */
    public ByteBuffer next(int mostBytes) {
        if (start == end) {
            Range range = ranges.next();
            start = range.start();
            end = range.end();
        }
        long reach = Math.min(end, buffer.segmentEnd(start)) - start;
        int length = (int) Math.min(reach, Math.min(mostBytes / Float.BYTES, MOST_FLOATS));
        ByteBuffer view = buffer.view(start, length);
        start += length;
        return view;
    }
}
