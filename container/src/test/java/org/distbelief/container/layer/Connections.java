package org.distbelief.container.layer;

/** Which units are connected, told unit by unit from what a layer means, without the layer's own word for it. */
public final class Connections {
    private Connections() {}

    /**
     * Whether an output of a layer depends on an input.
     *
     * @param output index among the layer's outputs
     * @param input index among its inputs
     */
    public static boolean exists(Layer layer, int output, int input) {
        int[] out = place(layer.output(), output);
        int[] in = place(layer.input(), input);
        if (layer instanceof FullyConnected) {
            return true;
        }
        if (layer instanceof Filter filter) {
            return inWindow(filter.grid(), out, in);
        }
        if (layer instanceof PoolingLayer pooling) {
            return out[2] == in[2] && inWindow(pooling.grid(), out, in);
        }
        if (layer instanceof LocalContrastNormalisation contrast) {
            // A mean over the window around each place, and another one over such means.
            int reach = contrast.window() - 1;
            return Math.abs(out[0] - in[0]) <= reach && Math.abs(out[1] - in[1]) <= reach;
        }
        if (layer instanceof Dropout) {
            return output == input;
        }
        if (layer instanceof PartialSums sums) {
            Region row = sums.inputs().get(out[0]);
            return row.contains(new Region(in[0], in[1], in[2], Shape.flat(1)));
        }
        if (layer instanceof TotalSums) {
            return out[2] == in[2];
        }
        throw new IllegalArgumentException("say here what the units of a " + layer + " are connected to");
    }

    private static boolean inWindow(WindowGrid grid, int[] place, int[] pixel) {
        int top = place[0] * grid.strideY() - grid.paddingY();
        int left = place[1] * grid.strideX() - grid.paddingX();
        return pixel[0] >= top && pixel[0] < top + grid.height() && pixel[1] >= left && pixel[1] < left + grid.width();
    }

    /** Row, column and channel. */
    private static int[] place(Shape shape, int unit) {
        int place = unit / shape.channels();
        return new int[] {place / shape.width(), place % shape.width(), unit % shape.channels()};
    }
}
