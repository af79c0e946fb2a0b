package org.distbelief.container.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.distbelief.conf.Encoding;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.conf.Sizes;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.ReplicaMemory;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.paramserver.local.WindowAllowance;

/**
 * The memory that the container of one partition of a model replica needs, so that a container which is too small is
 * refused before anything is submitted, and so that the launcher can set the JVM's limits.
 *
 * @param parameterBytes copies of the partition's parameters: one in use, and one that a fetch lands in where that runs
 *     beside the computation
 * @param gradientBytes gradients. Downpour: one that accrues, one being pushed while that one does, and where nPush is
 *     above 1 that of a single step, which the local step and clipping need alone. Sandblaster: that of a portion, of
 *     the one before it, of a bundle of portions, and of one that is pushed
 * @param activationBytes what the layers compute for a mini-batch, forward and backward, and mini-batches
 * @param ioBytes direct buffers of connections and files
 * @param heapBytes the JVM's heap: at partition 0 the pool, or the cache, of examples, and everything else
 * @param nativeBytes the JVM itself, its threads and the native library, and what is shared with shards on the same
 *     node
 */
public record MemoryPlan(
        long parameterBytes, long gradientBytes, long activationBytes, long ioBytes, long heapBytes, long nativeBytes) {
    private static final long MIB = 1L << 20;
    private static final long IO = 48 * MIB;
    private static final long HEAP = 96 * MIB;
    private static final long NATIVE = 96 * MIB;

    private static final int SANDBLASTER_GRADIENTS = 4;

    /** Bytes that the pool needs for an example beside its features. */
    private static final long POOL_ENTRY = 48;

    /** A partition of a replica that trains as the job file says. */
    public static MemoryPlan forTraining(
            JobConfig job, ModelDescription description, PartitionPlan plan, int partition) {
        return switch (job.optimiser()) {
            case DOWNPOUR -> forDownpour(job, description, plan, partition);
            case SANDBLASTER -> forSandblaster(job, description, plan, partition);
        };
    }

    private static MemoryPlan forSandblaster(
            JobConfig job, ModelDescription description, PartitionPlan plan, int partition) {
        ReplicaMemory memory =
                ReplicaMemory.of(plan, partition, job.sandblaster().miniBatch(), true);
        // One mini-batch is trained on, the other one scored.
        return new MemoryPlan(
                memory.parameterBytes(),
                SANDBLASTER_GRADIENTS * memory.parameterBytes(),
                memory.activationBytes() + 2 * memory.batchBytes(),
                IO,
                HEAP
                        + (1 + SANDBLASTER_GRADIENTS) * memory.parameterHeapBytes()
                        + 2 * memory.batchHeapBytes()
                        + (partition == 0 ? cache(job.sandblaster(), description) : 0),
                NATIVE + windows(job));
    }

    private static MemoryPlan forDownpour(
            JobConfig job, ModelDescription description, PartitionPlan plan, int partition) {
        ReplicaMemory memory = ReplicaMemory.of(plan, partition, job.downpour().miniBatch(), true);
        int copies = job.downpour().overlap() ? 2 : 1;
        int accrued = job.downpour().nPush() == 1 ? copies : copies + 1;
        // What the encoding of pushes loses is kept for the next.
        int gradients = job.downpour().pushEncoding() == Encoding.FLOAT32 ? accrued : accrued + 1;
        // One mini-batch is trained on, the other one scored.
        return new MemoryPlan(
                copies * memory.parameterBytes(),
                gradients * memory.parameterBytes(),
                memory.activationBytes() + 2 * memory.batchBytes(),
                IO,
                HEAP
                        + (copies + gradients) * memory.parameterHeapBytes()
                        + 2 * memory.batchHeapBytes()
                        + (partition == 0 ? pool(description, job.data().shuffle()) : 0),
                NATIVE + windows(job));
    }

    /** A partition of a replica that scores a trained model. */
    public static MemoryPlan forEvaluation(JobConfig job, PartitionPlan plan, int partition) {
        ReplicaMemory memory = ReplicaMemory.of(plan, partition, job.downpour().miniBatch(), false);
        return new MemoryPlan(
                memory.parameterBytes(),
                0,
                memory.activationBytes() + memory.batchBytes(),
                IO,
                HEAP + memory.parameterHeapBytes() + memory.batchHeapBytes(),
                NATIVE);
    }

    /** What partition 0 needs of memory however many others there are. */
    static long leastBytes(JobConfig job, ModelDescription description, boolean training) {
        return IO + HEAP + NATIVE + (training ? windows(job) + examples(job, description) : 0);
    }

    private static long examples(JobConfig job, ModelDescription description) {
        return switch (job.optimiser()) {
            case DOWNPOUR -> pool(description, job.data().shuffle());
            case SANDBLASTER -> cache(job.sandblaster(), description);
        };
    }

    private static long cache(SandblasterConfig sandblaster, ModelDescription description) {
        // A portion for which there is no room passes through: the one in use, and one that is read ahead.
        long miniBatch = sandblaster.miniBatch() * (decodedBytes(description) + POOL_ENTRY);
        long passing = 2 * Math.max(PortionCache.PASSING_BYTES, miniBatch);
        // What goes is collected a while later.
        return Math.round(1.25 * (sandblaster.cacheBytes() + passing));
    }

    /** What a frame or an image takes in memory. */
    private static long decodedBytes(ModelDescription description) {
        return description.kind() == DatasetKind.SPEECH
                ? (long) description.featureDimension() * Float.BYTES
                : description.featureDimension();
    }

    /** One connection to each shard fetches, and one pushes. */
    private static long windows(JobConfig job) {
        return WindowAllowance.bytes(2 * job.shards().count());
    }

    private static long pool(ModelDescription description, int shuffle) {
        // A frame is kept once for all windows that it belongs to, but an utterance until its last frame is drawn: at
        // random that is about six times what is left to draw. Pictures keep their bytes until they are drawn.
        long each = decodedBytes(description) * (description.kind() == DatasetKind.SPEECH ? 4 : 1);
        // The pool is refilled by whole portions, and Avro's decoder holds another copy for a moment.
        return Math.round(1.5 * shuffle * (each + POOL_ENTRY));
    }

    /** All off-heap memory that goes through direct buffers: the least value of {@code -XX:MaxDirectMemorySize}. */
    @JsonProperty
    public long directBytes() {
        return parameterBytes + gradientBytes + activationBytes + ioBytes;
    }

    /** The whole container. */
    @JsonProperty
    public long containerBytes() {
        return directBytes() + heapBytes + nativeBytes;
    }

    /** The least size of the container, as YARN counts it. */
    long containerMib() {
        return (containerBytes() + MIB - 1) / MIB;
    }

    /** What the memory is needed for, in words. */
    String parts() {
        return "parameters " + Sizes.text(parameterBytes) + ", gradients " + Sizes.text(gradientBytes)
                + ", activations " + Sizes.text(activationBytes) + ", direct buffers " + Sizes.text(ioBytes)
                + ", heap " + Sizes.text(heapBytes) + ", the process itself " + Sizes.text(nativeBytes);
    }
}
