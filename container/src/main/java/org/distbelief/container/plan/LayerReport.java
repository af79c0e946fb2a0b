package org.distbelief.container.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;

/**
 * A layer of a plan.
 *
 * @param name the layer's number in the model and its type; of a layer that is cut by its inputs also which half
 * @param output its units
 * @param cut how it is cut
 * @param owners partitions that compute some of it
 * @param rows partitions below each other where it is cut by space into a regular grid, else 0
 * @param columns partitions beside each other there, else 0
 * @param parameters number of parameters, each counted once
 * @param forwardFlops floating-point operations of the forward pass for one example, over all partitions
 * @param balance work of the partition with the most of it, over the mean of all partitions; 1 is even
 */
public record LayerReport(
        String name,
        Shape output,
        LayerCut cut,
        int owners,
        int rows,
        int columns,
        long parameters,
        long forwardFlops,
        double balance) {

    static LayerReport of(PartitionPlan plan, int index) {
        CutLayer layer = plan.layers().get(index);
        List<Region> regions =
                layer.regions().stream().flatMap(Optional::stream).toList();
        LayerCut cut = cut(plan, index, regions);
        int rows = (int) regions.stream().mapToInt(Region::top).distinct().count();
        int columns = (int) regions.stream().mapToInt(Region::left).distinct().count();
        boolean grid = cut == LayerCut.SPACE && rows * columns == regions.size();
        long[] work = IntStream.range(0, plan.partitions())
                .mapToLong(partition -> forwardFlops(layer, partition))
                .toArray();
        long sum = IntStream.range(0, work.length).mapToLong(p -> work[p]).sum();
        long most =
                IntStream.range(0, work.length).mapToLong(p -> work[p]).max().orElse(0);
        return new LayerReport(
                layer.name(),
                layer.layer().output(),
                cut,
                regions.size(),
                grid ? rows : 0,
                grid ? columns : 0,
                layer.blocks().stream().mapToLong(block -> block.range().size()).sum(),
                sum,
                sum == 0 ? 1 : (double) most * work.length / sum);
    }

    /** Floating-point operations of a partition's forward pass through a layer, for one example. */
    static long forwardFlops(CutLayer layer, int partition) {
        return layer.region(partition)
                .map(region -> layer.layer().flops(region))
                .orElse(0L);
    }

    private static LayerCut cut(PartitionPlan plan, int index, List<Region> regions) {
        List<CutLayer> layers = plan.layers();
        if (regions.size() == 1) {
            return LayerCut.WHOLE;
        }
        CutLayer layer = layers.get(index);
        if (index + 1 < layers.size() && layers.get(index + 1).number() == layer.number()) {
            return LayerCut.INPUTS;
        }
        Shape output = layer.layer().output();
        boolean allPlaces = regions.stream()
                .allMatch(region -> region.shape().height() == output.height()
                        && region.shape().width() == output.width());
        return allPlaces ? LayerCut.UNITS : LayerCut.SPACE;
    }
}
