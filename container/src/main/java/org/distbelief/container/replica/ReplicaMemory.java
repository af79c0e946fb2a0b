package org.distbelief.container.replica;

import org.distbelief.container.layer.Region;
import org.distbelief.container.partition.PartitionPlan;

/**
 * The memory that a partition of a replica takes, as told by those who allocate it.
 *
 * @param parameterBytes off-heap, of one copy of its parameters or one gradient by them
 * @param parameterHeapBytes of the Java heap, that go with each copy
 * @param activationBytes off-heap, of all that it computes for a mini-batch
 * @param batchBytes off-heap, of one mini-batch's inputs
 * @param batchHeapBytes of the Java heap, that go with each mini-batch
 */
public record ReplicaMemory(
        long parameterBytes, long parameterHeapBytes, long activationBytes, long batchBytes, long batchHeapBytes) {

    /**
     * The memory of a partition.
     *
     * @param maxBatch greatest number of examples in a mini-batch
     * @param training whether it computes gradients
     */
    public static ReplicaMemory of(PartitionPlan plan, int partition, int maxBatch, boolean training) {
        int inputs = inputUnits(plan, partition);
        return new ReplicaMemory(
                ReplicaParameters.bytes(plan, partition),
                ReplicaParameters.heapBytes(plan, partition),
                Partition.bytes(plan, partition, maxBatch, training),
                MiniBatch.bytes(inputs, maxBatch),
                MiniBatch.heapBytes(inputs, maxBatch));
    }

    /** The most units in one piece of memory, of which a mini-batch must be able to have its states. */
    public static long widest(PartitionPlan plan, int partition) {
        PartitionShape shape = new PartitionShape(plan, partition);
        PartitionShape.GradientUnits gradients = shape.gradientUnits();
        long widest = Math.max(gradients.landing(0), gradients.landing(1));
        for (int level = 0; level <= plan.layers().size(); level++) {
            widest = Math.max(widest, shape.owned(level).map(Region::units).orElse(0));
            widest = Math.max(widest, shape.needed(level).map(Region::units).orElse(0));
        }
        return Math.max(1, widest);
    }

    /** Numbers of an example that a partition reads: all at partition 0, the others get what they need of it. */
    static int inputUnits(PartitionPlan plan, int partition) {
        return plan.inputs().get(partition).map(Region::units).orElse(0);
    }
}
