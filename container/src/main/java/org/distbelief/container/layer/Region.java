package org.distbelief.container.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * A box of units of a {@link Shape}. The memory of a region holds its units in ascending order of (y, x, channel), each
 * with the mini-batch's examples next to each other: {@code shape.units() x batch} floats.
 *
 * @param top first row
 * @param left first column
 * @param channel first channel
 * @param shape how many rows, columns and channels
 */
public record Region(int top, int left, int channel, Shape shape) {
    /** @throws IllegalArgumentException where a corner is negative */
    public Region {
        if (top < 0 || left < 0 || channel < 0) {
            throw new IllegalArgumentException(
                    "expected a corner from (0, 0, 0), found (" + top + ", " + left + ", " + channel + ")");
        }
    }

    /** Units [from, to) of a layer whose units have no place. */
    public static Region channels(int from, int to) {
        return new Region(0, 0, from, Shape.flat(to - from));
    }

    /** One past the last row. */
    public int bottom() {
        return top + shape.height();
    }

    /** One past the last column. */
    public int right() {
        return left + shape.width();
    }

    /** One past the last channel. */
    public int channelEnd() {
        return channel + shape.channels();
    }

    /** Number of units. */
    public int units() {
        return shape.units();
    }

    /** What this region and another one have in common. */
    public Optional<Region> intersect(Region other) {
        int y = Math.max(top, other.top);
        int x = Math.max(left, other.left);
        int c = Math.max(channel, other.channel);
        int height = Math.min(bottom(), other.bottom()) - y;
        int width = Math.min(right(), other.right()) - x;
        int channels = Math.min(channelEnd(), other.channelEnd()) - c;
        return height < 1 || width < 1 || channels < 1
                ? Optional.empty()
                : Optional.of(new Region(y, x, c, new Shape(height, width, channels)));
    }

    /** Whether every unit of another region belongs to this one. */
    public boolean contains(Region other) {
        return other.top >= top
                && other.left >= left
                && other.channel >= channel
                && other.bottom() <= bottom()
                && other.right() <= right()
                && other.channelEnd() <= channelEnd();
    }

    /**
     * Where a piece of this region lies in its memory.
     *
     * @param piece a region that this one {@linkplain #contains contains}
     * @return the piece's units in their order, as ranges of the places of this region's units; not touching each other
     */
    public RangeSet places(Region piece) {
        if (!contains(piece)) {
            throw new IllegalArgumentException("expected a piece of the region of " + this + ", found " + piece);
        }
        boolean allMaps = piece.shape.channels() == shape.channels();
        int runs = allMaps ? 1 : piece.shape.width();
        int units = piece.shape.channels() * (allMaps ? piece.shape.width() : 1);
        List<Range> ranges = new ArrayList<>();
        for (int y = piece.top; y < piece.bottom(); y++) {
            for (int x = piece.left; x < piece.left + runs; x++) {
                long start = ((long) (y - top) * shape.width() + x - left) * shape.channels() + piece.channel - channel;
                ranges.add(new Range(start, start + units));
            }
        }
        return RangeSet.of(ranges);
    }

    /** Whether every unit of this region belongs to a layer of that shape. */
    public boolean within(Shape whole) {
        return bottom() <= whole.height() && right() <= whole.width() && channelEnd() <= whole.channels();
    }

    @Override
    public String toString() {
        return "rows " + top + " to " + (bottom() - 1) + ", columns " + left + " to " + (right() - 1) + ", channels "
                + channel + " to " + (channelEnd() - 1);
    }
}
