package org.distbelief.paramserver.shard;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.rule.UpdateRule;

/**
 * Memory that a shard's process needs.
 *
 * @param floats parameters on the shard
 * @param heapBytes Java heap: vectors, staging, and what the process itself needs
 * @param offHeapBytes buffers of the connections, and the virtual machine's own memory
 */
public record ShardMemory(long floats, long heapBytes, long offHeapBytes) {
    /** Pushes that are received at the same time: one arrives while another is applied. */
    static final int STAGING_AREAS = 2;

    private static final long MIB = 1 << 20;
    private static final long PROCESS_HEAP = 64 * MIB;
    private static final long VIRTUAL_MACHINE = 112 * MIB;
    private static final long PER_CONNECTION = 2 * MIB;
    private static final double FRAGMENTATION = 1.05;

    /**
     * The need of a shard.
     *
     * @param floats parameters on the shard
     * @param largestPush most parameters of a push
     * @param rule update rule, whose state is kept beside the parameters
     * @param connections connections served at the same time: two for each partition of each replica, and a few more
     */
    public static ShardMemory of(long floats, long largestPush, UpdateRule rule, int connections) {
        return new ShardMemory(
                floats,
                PROCESS_HEAP + (long) (vectorBytes(floats, largestPush, rule) * FRAGMENTATION),
                VIRTUAL_MACHINE + connections * PER_CONNECTION);
    }

    /** The need of that shard of a plan which needs most. */
    public static ShardMemory of(ShardPlan plan, UpdateRule rule, int connections) {
        return IntStream.range(0, plan.shards().shards())
                .mapToObj(shard -> of(
                        plan.shards().ranges(shard).size(), plan.largestPushes().get(shard), rule, connections))
                .max(Comparator.comparingLong(ShardMemory::totalBytes))
                .orElseThrow();
    }

    /**
     * Heap without which a shard's process cannot work: the need without room for fragmentation, part of which the
     * virtual machine keeps for itself.
     */
    public long leastHeapBytes() {
        return PROCESS_HEAP + (long) ((heapBytes - PROCESS_HEAP) / FRAGMENTATION);
    }

    /** Heap and off-heap memory together: what the container needs. */
    public long totalBytes() {
        return heapBytes + offHeapBytes;
    }

    /** Bytes of the parameters, the rule's state and the staging areas. */
    private static long vectorBytes(long floats, long largestPush, UpdateRule rule) {
        return Float.BYTES * (floats * (1 + rule.state().size()) + largestPush * STAGING_AREAS);
    }
}
