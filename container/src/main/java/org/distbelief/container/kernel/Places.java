package org.distbelief.container.kernel;

/**
 * A box of the places of a layer's output, from a first row and column to one past the last.
 *
 * @param top first row, from 0
 * @param left first column, from 0
 * @param bottom one past the last row
 * @param right one past the last column
 */
public record Places(int top, int left, int bottom, int right) {
    /** @throws IllegalArgumentException where a side is negative or the corner is */
    public Places {
        if (top < 0 || left < 0 || bottom < top || right < left) {
            throw new IllegalArgumentException("expected a box of places, found rows " + top + " to " + bottom
                    + ", columns " + left + " to " + right);
        }
    }

    /** All places. */
    public static Places all(Windows windows) {
        return new Places(0, 0, windows.outHeight(), windows.outWidth());
    }

    /** Whether all of them are places of an output. */
    boolean within(Windows windows) {
        return bottom <= windows.outHeight() && right <= windows.outWidth();
    }

    boolean contains(int row, int column) {
        return row >= top && row < bottom && column >= left && column < right;
    }
}
