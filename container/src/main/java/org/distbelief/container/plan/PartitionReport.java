package org.distbelief.container.plan;

import java.util.List;
import java.util.Map;
import org.distbelief.container.layer.Region;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a replica.
 *
 * @param partition its number
 * @param regions for each of the plan's layers, what it computes of the output; null where that is nothing
 * @param parameters how many it needs, and fetches
 * @param pushed how many it pushes gradients by: of those that several partitions share, one pushes
 * @param forwardFlops floating-point operations of a forward pass for one example
 * @param trainingFlops floating-point operations of a training step for one example
 * @param memory what its container must hold
 * @param traffic what it receives and sends
 * @param neighbours the partitions that it exchanges floats with, ascending
 * @param shards how many of its parameters lie on each shard that it talks to
 */
public record PartitionReport(
        int partition,
        List<@Nullable Region> regions,
        long parameters,
        long pushed,
        long forwardFlops,
        long trainingFlops,
        MemoryPlan memory,
        Traffic traffic,
        List<Integer> neighbours,
        Map<Integer, Long> shards) {}
