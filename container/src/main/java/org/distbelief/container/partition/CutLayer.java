package org.distbelief.container.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.Region;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * A layer, cut over the partitions of a replica.
 *
 * @param number the layer's number in the model
 * @param name the layer's number in the model and its type, such as {@code 2.pooling}; of a layer that is cut by its
 *     inputs, two follow each other, {@code 4.fullyConnected.sums} and {@code 4.fullyConnected.total}
 * @param layer the layer
 * @param blocks where its parameters lie in the flat vector, in the layer's order
 * @param regions for each partition, what it computes of the output; empty where that is nothing
 */
public record CutLayer(int number, String name, Layer layer, List<Block> blocks, List<Optional<Region>> regions) {
    public CutLayer {
        blocks = List.copyOf(blocks);
        regions = List.copyOf(regions);
    }

    /** What a partition computes. */
    public Optional<Region> region(int partition) {
        return regions.get(partition);
    }

    /** The partitions that compute something of this layer, ascending. */
    public List<Integer> owners() {
        return IntStream.range(0, regions.size())
                .filter(partition -> regions.get(partition).isPresent())
                .boxed()
                .toList();
    }

    /**
     * The parameters of a block that a partition needs, in the flat vector.
     *
     * @param block index in {@link #blocks}
     */
    public RangeSet parameters(int block, int partition) {
        Optional<Region> region = regions.get(partition);
        if (region.isEmpty()) {
            return RangeSet.empty();
        }
        long start = blocks.get(block).range().start();
        List<Range> ranges = new ArrayList<>();
        for (Range range : layer.parameters(block, region.get())) {
            ranges.add(new Range(start + range.start(), start + range.end()));
        }
        return RangeSet.of(ranges);
    }

    /** All parameters that a partition needs of this layer. */
    public RangeSet parameters(int partition) {
        return IntStream.range(0, blocks.size())
                .mapToObj(block -> parameters(block, partition))
                .reduce(RangeSet.empty(), RangeSet::union);
    }

    /** Whether some parameters are needed by several partitions. */
    boolean tied() {
        long size = blocks.stream().mapToLong(block -> block.range().size()).sum();
        long needed = IntStream.range(0, regions.size())
                .mapToLong(partition -> parameters(partition).size())
                .sum();
        return needed > size;
    }

    /**
     * The partitions that need the same parameters as this one, itself included, because the layer's are tied;
     * ascending. The first of them owns the parameters: it adds up the others' gradients and pushes the sum.
     */
    public List<Integer> sharers(int partition) {
        RangeSet own = parameters(partition);
        if (own.isEmpty() || !tied()) {
            return List.of(partition);
        }
        return IntStream.range(0, regions.size())
                .filter(other ->
                        other == partition || !parameters(other).intersect(own).isEmpty())
                .boxed()
                .toList();
    }
}
