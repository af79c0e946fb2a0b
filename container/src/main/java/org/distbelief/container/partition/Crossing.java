package org.distbelief.container.partition;

import java.util.List;
import org.distbelief.container.layer.Region;

/**
 * Units of one layer that one partition computes and another one needs. Forward, their states go from the one to the
 * other; backward, the gradient by them comes back.
 *
 * @param from computes the units
 * @param to needs them
 * @param boxes the units: boxes that do not overlap, in the order in which they travel; at least one
 */
public record Crossing(int from, int to, List<Region> boxes) {
    public Crossing {
        boxes = List.copyOf(boxes);
    }

    /** Number of units. */
    public int units() {
        return boxes.stream().mapToInt(Region::units).sum();
    }
}
