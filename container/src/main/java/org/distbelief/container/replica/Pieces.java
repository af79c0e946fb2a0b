package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.Region;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * Boxes of units within the memory of a region: where they lie, and for a mini-batch of a given size, the pieces of
 * memory. Boxes keep their order.
 */
final class Pieces {
    private final List<Range> places = new ArrayList<>();
    private final int units;

    /**
     * @param region whose memory it is
     * @param boxes in the region
     */
    Pieces(Region region, List<Region> boxes) {
        int sum = 0;
        for (Region box : boxes) {
            for (Range range : region.places(box)) {
                append(range);
            }
            sum += box.units();
        }
        this.units = sum;
    }

    private void append(Range range) {
        int last = places.size() - 1;
        if (last >= 0 && places.get(last).end() == range.start()) {
            places.set(last, new Range(places.get(last).start(), range.end()));
        } else {
            places.add(range);
        }
    }

    /** Number of units. */
    int units() {
        return units;
    }

    /** Where in the memory the units lie, in units, in the order of the boxes. */
    List<Range> places() {
        return places;
    }

    /** Whether all units of the region lie in one piece, as a piece of {@code outer}'s memory. */
    static boolean contiguous(Region outer, Region region) {
        return outer.contains(region) && outer.places(region).ranges().size() == 1;
    }

    /** Where a contiguous region begins in the memory of another one, in units. */
    static int start(Region outer, Region region) {
        RangeSet range = outer.places(region);
        return (int) range.ranges().get(0).start();
    }

    /** The pieces of the memory of a mini-batch of so many examples. */
    List<FloatMemory> of(FloatMemory memory, int batch) {
        List<FloatMemory> pieces = new ArrayList<>();
        for (Range range : places) {
            pieces.add(memory.slice((int) range.start() * batch, (int) range.size() * batch));
        }
        return pieces;
    }
}
