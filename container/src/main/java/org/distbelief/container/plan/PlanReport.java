package org.distbelief.container.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.jspecify.annotations.Nullable;

/**
 * What a split model costs, in numbers: what {@code plan} prints. Has a JSON form by its components' names.
 *
 * @param input units of an example
 * @param parameters number of the model's parameters
 * @param forwardFlops floating-point operations of a forward pass for one example, over all partitions
 * @param trainingFlops floating-point operations of a training step for one example, over all partitions
 * @param layers the plan's layers, from the input up
 * @param partitions the partitions of a replica, in order
 * @param traffic between all partitions; what comes in is what goes out
 */
public record PlanReport(
        Shape input,
        long parameters,
        long forwardFlops,
        long trainingFlops,
        List<LayerReport> layers,
        List<PartitionReport> partitions,
        Traffic traffic) {
    private static final Traffic.Bytes NOTHING = new Traffic.Bytes(0, 0);

    /**
     * Takes the numbers.
     *
     * @param memory of each partition of the plan
     * @param shards where the parameters lie
     */
    public static PlanReport of(PartitionPlan plan, List<MemoryPlan> memory, ShardMap shards) {
        TrafficCount count = new TrafficCount(plan);
        List<PartitionReport> partitions = IntStream.range(0, plan.partitions())
                .mapToObj(p -> partition(plan, p, memory.get(p), count, shards))
                .toList();
        return new PlanReport(
                plan.model().input(),
                plan.model().parameters(),
                partitions.stream().mapToLong(PartitionReport::forwardFlops).sum(),
                partitions.stream().mapToLong(PartitionReport::trainingFlops).sum(),
                IntStream.range(0, plan.layers().size())
                        .mapToObj(i -> LayerReport.of(plan, i))
                        .toList(),
                partitions,
                partitions.stream()
                        .map(PartitionReport::traffic)
                        .reduce(new Traffic(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING), Traffic::plus));
    }

    private static PartitionReport partition(
            PartitionPlan plan, int partition, MemoryPlan memory, TrafficCount count, ShardMap shards) {
        List<@Nullable Region> regions = new ArrayList<>();
        long forward = 0;
        long training = 0;
        for (CutLayer layer : plan.layers()) {
            regions.add(layer.region(partition).orElse(null));
            long flops = LayerReport.forwardFlops(layer, partition);
            forward += flops;
            // As Model.trainingFlops: nobody needs the gradient by the model's inputs.
            training += (layer.number() == 0 ? 2 : 3) * flops;
        }
        RangeSet needed = plan.parameters(partition);
        Map<Integer, Long> held = new TreeMap<>();
        shards.split(needed).forEach((shard, ranges) -> held.put(shard, ranges.size()));
        return new PartitionReport(
                partition,
                Collections.unmodifiableList(regions),
                needed.size(),
                plan.owned(partition).size(),
                forward,
                training,
                memory,
                count.of(partition),
                count.neighbours(partition),
                held);
    }
}
