package org.distbelief.container.replica;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.Region;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;

/** The regions of one partition at each level of a plan. */
record PartitionShape(PartitionPlan plan, int partition) {
    /** Units of the memory of gradients, which the even levels share, and the odd ones. */
    record GradientUnits(List<Integer> neededUnits, List<Integer> landingUnits, int owned) {
        int needed(int parity) {
            return neededUnits.get(parity);
        }

        int landing(int parity) {
            return landingUnits.get(parity);
        }

        /** Bytes off-heap for mini-batches of at most so many examples. */
        long bytes(int maxBatch) {
            return IntStream.of(needed(0), needed(1), landing(0), landing(1), owned)
                    .mapToLong(units -> FloatMemory.bytesFor((long) units * maxBatch))
                    .sum();
        }
    }

    /** What the partition computes of a layer. */
    Optional<Region> output(int layer) {
        return plan.layers().get(layer).region(partition);
    }

    /** What it computes at a level, or reads from files at the lowest one. */
    Optional<Region> owned(int level) {
        return level == 0 ? plan.inputs().get(partition) : output(level - 1);
    }

    /** What it needs at a level; at the highest one, all scores are brought to partition 0. */
    Optional<Region> needed(int level) {
        if (level == plan.layers().size()) {
            return partition == 0 ? Optional.of(plan.model().output().whole()) : Optional.empty();
        }
        return output(level).map(region -> plan.layers().get(level).layer().needs(region));
    }

    /** Which of the needed units are really read. */
    List<Region> reads(int level) {
        if (level == plan.layers().size()) {
            return needed(level).stream().toList();
        }
        return output(level)
                .map(region -> plan.layers().get(level).layer().reads(region))
                .orElse(List.of());
    }

    /** Floats of a layer's blocks. */
    List<Integer> blockSizes(int layer) {
        CutLayer cut = plan.layers().get(layer);
        return IntStream.range(0, cut.blocks().size())
                .mapToObj(block -> (int) cut.parameters(block, partition).size())
                .toList();
    }

    /** What a replica that trains needs for gradients by units. */
    GradientUnits gradientUnits() {
        int last = plan.layers().size();
        int[] needed = new int[2];
        int[] landing = new int[2];
        int owned = 0;
        for (int level = plan.lowestWithParameters() + 1; level <= last; level++) {
            Optional<Region> above = level == last ? owned(level) : needed(level);
            int units = above.map(Region::units).orElse(0);
            needed[level % 2] = Math.max(needed[level % 2], units);
            if (level < last) {
                landing[level % 2] =
                        Math.max(landing[level % 2], plan.exchange().unitsFrom(partition, level));
            }
            if (!GradientLevel.sharesMemory(owned(level), above)) {
                owned = Math.max(owned, owned(level).map(Region::units).orElse(0));
            }
        }
        return new GradientUnits(List.of(needed[0], needed[1]), List.of(landing[0], landing[1]), owned);
    }
}
