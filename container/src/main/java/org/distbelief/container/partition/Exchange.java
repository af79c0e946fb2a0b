package org.distbelief.container.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.container.layer.Region;

/**
 * What the partitions of a replica tell each other in a step (paper, section 3). It follows from the plan alone: what a
 * region is connected to, intersected with what the others own. Each unit's state crosses each boundary once, however
 * many connections cross there.
 *
 * <p>Level 0 is the model's input, which partition 0 reads; level i holds the outputs of the plan's layer i - 1, and
 * the last one those of the model.
 */
public final class Exchange {
    private final List<List<Crossing>> levels = new ArrayList<>();
    private final List<int[]> sent = new ArrayList<>();

    Exchange(List<Optional<Region>> inputs, List<CutLayer> layers) {
        List<Optional<Region>> owners = inputs;
        for (CutLayer layer : layers) {
            levels.add(crossings(owners, layer));
            owners = layer.regions();
        }
        levels.add(gathering(owners));
        for (List<Crossing> level : levels) {
            int[] units = new int[inputs.size()];
            level.forEach(crossing -> units[crossing.from()] += crossing.units());
            sent.add(units);
        }
    }

    private static List<Crossing> crossings(List<Optional<Region>> owners, CutLayer above) {
        List<Crossing> found = new ArrayList<>();
        for (int to = 0; to < owners.size(); to++) {
            Optional<Region> output = above.region(to);
            if (output.isEmpty()) {
                continue;
            }
            List<Region> reads = above.layer().reads(output.get());
            for (int from = 0; from < owners.size(); from++) {
                Optional<Region> owner = owners.get(from);
                if (from == to || owner.isEmpty()) {
                    continue;
                }
                List<Region> boxes = common(reads, owner.get());
                if (!boxes.isEmpty()) {
                    found.add(new Crossing(from, to, boxes));
                }
            }
        }
        return List.copyOf(found);
    }

    /** All scores, brought to partition 0. */
    private static List<Crossing> gathering(List<Optional<Region>> owners) {
        List<Crossing> found = new ArrayList<>();
        for (int from = 1; from < owners.size(); from++) {
            int owner = from;
            owners.get(from).ifPresent(region -> found.add(new Crossing(owner, 0, List.of(region))));
        }
        return List.copyOf(found);
    }

    /** The pieces of boxes that lie in a region. */
    static List<Region> common(List<Region> boxes, Region region) {
        return boxes.stream().flatMap(box -> box.intersect(region).stream()).toList();
    }

    /**
     * What crosses on the way into a layer of the plan.
     *
     * @param layer index of the layer; one more than there are for the scores, which are gathered at partition 0 where
     *     a mini-batch is scored and not where it is trained on
     */
    public List<Crossing> into(int layer) {
        return levels.get(layer);
    }

    /** Units whose states a partition sends on the way into a layer; a unit that goes to two others counts twice. */
    public int unitsFrom(int partition, int layer) {
        return sent.get(layer)[partition];
    }
}
