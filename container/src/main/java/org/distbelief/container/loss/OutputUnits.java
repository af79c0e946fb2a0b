package org.distbelief.container.loss;

import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;

/**
 * Some of a model's outputs.
 *
 * @param whole all outputs
 * @param region these
 */
public record OutputUnits(Shape whole, Region region) {
    /** All of so many outputs. */
    public static OutputUnits all(int units) {
        Shape whole = Shape.flat(units);
        return new OutputUnits(whole, whole.whole());
    }

    /** How many these are. */
    public int count() {
        return region.units();
    }

    /** Where among these an output is, as all outputs are numbered; -1 where it is none of them. */
    int index(int unit) {
        int channel = unit % whole.channels() - region.channel();
        int place = unit / whole.channels();
        int column = place % whole.width() - region.left();
        int row = place / whole.width() - region.top();
        Shape shape = region.shape();
        boolean within = channel >= 0
                && channel < shape.channels()
                && column >= 0
                && column < shape.width()
                && row >= 0
                && row < shape.height();
        return within ? (row * shape.width() + column) * shape.channels() + channel : -1;
    }
}
