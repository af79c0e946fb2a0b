package org.distbelief.container.kernel;

/**
 * Where the windows of a layer lie: one for each place of its output, evenly spaced. The input and the output may be
 * pieces of larger pictures. A window that reaches over the edge of the input is cut there; each must hold at least one
 * pixel.
 *
 * @param inHeight rows of the input
 * @param inWidth columns of the input
 * @param channels maps of the input
 * @param outHeight rows of places
 * @param outWidth columns of places
 * @param height rows of a window
 * @param width columns of a window
 * @param strideY rows between two windows
 * @param strideX columns between two windows
 * @param top the input's row of the first window's first row; may be negative
 * @param left the input's column of the first window's first column; may be negative
 */
public record Windows(
        int inHeight,
        int inWidth,
        int channels,
        int outHeight,
        int outWidth,
        int height,
        int width,
        int strideY,
        int strideX,
        int top,
        int left) {
    /** Checks that there is a pixel in every window. */
    public Windows {
        if (inHeight < 1
                || inWidth < 1
                || channels < 1
                || outHeight < 1
                || outWidth < 1
                || height < 1
                || width < 1
                || strideY < 1
                || strideX < 1) {
            throw new IllegalArgumentException("expected sides, windows and strides of at least 1, found " + inHeight
                    + " x " + inWidth + " x " + channels + " to " + outHeight + " x " + outWidth + ", windows of "
                    + height + " x " + width + ", strides of " + strideY + " and " + strideX);
        }
        requirePixels("rows", inHeight, outHeight, height, strideY, top);
        requirePixels("columns", inWidth, outWidth, width, strideX, left);
    }

    private static void requirePixels(String what, int in, int out, int window, int stride, int first) {
        long last = first + (long) (out - 1) * stride;
        if (first + (long) window <= 0 || last >= in) {
            throw new IllegalArgumentException("expected windows that hold at least one of " + in + " " + what
                    + ", found " + out + " windows of " + window + " from " + first + " on, " + stride + " apart");
        }
    }

    /** Number of places of the output. */
    public int places() {
        return outHeight * outWidth;
    }

    /** Inputs of a whole window. */
    public int depth() {
        return height * width * channels;
    }

    /** Units of the input. */
    public int inputs() {
        return inHeight * inWidth * channels;
    }

    /** The input's row of a window's first row. */
    int row(int place) {
        return place / outWidth * strideY + top;
    }

    /** The input's column of a window's first column. */
    int column(int place) {
        return place % outWidth * strideX + left;
    }

    /** All components as numbers, for the native kernels. */
    FloatMemory table() {
        return FloatMemory.of(
                inHeight, inWidth, channels, outHeight, outWidth, height, width, strideY, strideX, top, left);
    }
}
