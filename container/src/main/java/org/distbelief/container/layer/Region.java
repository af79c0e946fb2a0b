package org.distbelief.container.layer;

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
