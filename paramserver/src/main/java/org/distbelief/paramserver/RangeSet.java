package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of indices into the flat parameter vector, kept as sorted, disjoint ranges that do not touch each other.
 * Immutable. In JSON it is the list of its ranges. Set operations take time linear in the number of ranges.
 */
public final class RangeSet implements Iterable<Range> {
    private static final RangeSet EMPTY = new RangeSet(List.of());

    private final List<Range> ranges;
    private final long size;

    private RangeSet(List<Range> sortedAndMerged) {
        this.ranges = List.copyOf(sortedAndMerged);
        this.size = this.ranges.stream().mapToLong(Range::size).sum();
    }

    /** The empty set. */
    public static RangeSet empty() {
        return EMPTY;
    }

    /** The indices of one range. */
    public static RangeSet of(long start, long end) {
        return new RangeSet(List.of(new Range(start, end)));
    }

    /** The union of ranges given in any order, which may overlap. */
    @JsonCreator
    public static RangeSet of(Collection<Range> ranges) {
        Range[] sorted = ranges.toArray(new Range[0]);
        Arrays.sort(sorted);
        List<Range> merged = new ArrayList<>(sorted.length);
        for (Range range : sorted) {
            append(merged, range);
        }
        return merged.isEmpty() ? EMPTY : new RangeSet(merged);
    }

    /** Appends a range that starts no earlier than the last one, merging the two where they touch. */
    private static void append(List<Range> merged, Range next) {
        if (!merged.isEmpty()) {
            Range last = merged.get(merged.size() - 1);
            if (next.start() <= last.end()) {
                merged.set(merged.size() - 1, new Range(last.start(), Math.max(last.end(), next.end())));
                return;
            }
        }
        merged.add(next);
    }

    /** The ranges: ascending, disjoint, not touching; unmodifiable. */
    @JsonValue
    public List<Range> ranges() {
        return ranges;
    }

    /** Number of indices. */
    public long size() {
        return size;
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Indices in both sets. */
    public RangeSet intersect(RangeSet other) {
        List<Range> out = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < ranges.size() && j < other.ranges.size()) {
            Range a = ranges.get(i);
            Range b = other.ranges.get(j);
            long start = Math.max(a.start(), b.start());
            long end = Math.min(a.end(), b.end());
            if (start < end) {
                out.add(new Range(start, end));
            }
            if (a.end() < b.end()) {
                i++;
            } else {
                j++;
            }
        }
        return out.isEmpty() ? EMPTY : new RangeSet(out);
    }

    /** Indices in either set. */
    public RangeSet union(RangeSet other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return of(all);
    }

    /** Indices in this set that are not in the other. */
    public RangeSet minus(RangeSet other) {
        List<Range> out = new ArrayList<>();
        int j = 0;
        for (Range range : ranges) {
            long start = range.start();
            while (j < other.ranges.size() && other.ranges.get(j).end() <= start) {
                j++;
            }
            for (int k = j; k < other.ranges.size() && other.ranges.get(k).start() < range.end(); k++) {
                Range hole = other.ranges.get(k);
                if (hole.start() > start) {
                    out.add(new Range(start, hole.start()));
                }
                start = hole.end();
            }
            if (start < range.end()) {
                out.add(new Range(start, range.end()));
            }
        }
        return out.isEmpty() ? EMPTY : new RangeSet(out);
    }

    /** Whether the set holds this index. */
    public boolean contains(long index) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (index < range.start()) {
                high = middle - 1;
            } else if (index >= range.end()) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Whether the set holds every index of the other. */
    public boolean contains(RangeSet other) {
        return other.minus(this).isEmpty();
    }

    /**
     * Cuts the set into sets of at most so many parameters, in ascending order.
     *
     * @param most at least 1
     */
    public List<RangeSet> cut(long most) {
        List<RangeSet> pieces = new ArrayList<>();
        List<Range> piece = new ArrayList<>();
        long room = most;
        for (Range range : ranges) {
            for (long start = range.start(); start < range.end(); ) {
                long end = Math.min(range.end(), start + room);
                piece.add(new Range(start, end));
                room -= end - start;
                start = end;
                if (room == 0) {
                    pieces.add(RangeSet.of(piece));
                    piece.clear();
                    room = most;
                }
            }
        }
        if (!piece.isEmpty()) {
            pieces.add(RangeSet.of(piece));
        }
        return pieces;
    }

    @Override
    public Iterator<Range> iterator() {
        return ranges.iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RangeSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** The ranges; of many ranges the first few and the totals. */
    @Override
    public String toString() {
        int shown = 4;
        String first = ranges.stream().limit(shown).map(Range::toString).collect(Collectors.joining(" "));
        return ranges.size() <= shown
                ? "{" + first + "}"
                : "{" + first + " ... " + ranges.size() + " ranges, " + size + " floats}";
    }
}
