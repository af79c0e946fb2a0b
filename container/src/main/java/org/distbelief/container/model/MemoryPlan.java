package org.distbelief.container.model;

import java.util.Optional;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.Layer;
import org.distbelief.dataset.DatasetKind;

/**
 * The memory that one container of a model replica needs, so that a container which is too small is refused before
 * anything is submitted, and so that the launcher can set the JVM's limits.
 *
 * @param parameterBytes copies of the parameters: one in use, one that a fetch lands in
 * @param gradientBytes gradients: one that accrues, one being pushed, and where nPush is above 1 that of a single step,
 *     which the local step and clipping need alone
 * @param activationBytes what the layers compute for a mini-batch, forward and backward
 * @param ioBytes direct buffers of connections and files
 * @param heapBytes the JVM's heap: the pool of examples and everything else
 * @param nativeBytes the JVM itself, its threads and the native library
 */
public record MemoryPlan(
        long parameterBytes, long gradientBytes, long activationBytes, long ioBytes, long heapBytes, long nativeBytes) {
    private static final long MIB = 1L << 20;
    private static final long IO = 48 * MIB;
    private static final long HEAP = 96 * MIB;
    private static final long NATIVE = 96 * MIB;

    /** Bytes that the pool needs for an example beside its features. */
    private static final long POOL_ENTRY = 48;

    /** A replica that trains as the job file says. */
    public static MemoryPlan forTraining(ModelDescription description, Model model) {
        JobConfig job = description.jobFile().config();
        int gradients = job.downpour().nPush() == 1 ? 2 : 3;
        long parameters = FloatMemory.bytesFor(0) * model.layout().blocks().size() + model.parameters() * Float.BYTES;
        return new MemoryPlan(
                2 * parameters,
                gradients * parameters,
                activations(model, job.downpour().miniBatch(), true),
                IO,
                HEAP + pool(description, job.data().shuffle()),
                NATIVE);
    }

    /** A replica that scores a trained model. */
    public static MemoryPlan forEvaluation(ModelDescription description, Model model) {
        JobConfig job = description.jobFile().config();
        return new MemoryPlan(
                model.parameters() * Float.BYTES,
                0,
                activations(model, job.downpour().miniBatch(), false),
                IO,
                HEAP,
                NATIVE);
    }

    private static long activations(Model model, int batch, boolean training) {
        // One mini-batch is trained on, the other one scored.
        long units = model.input().units() * (training ? 2L : 1L);
        long widest = model.input().units();
        long parts = 0;
        for (Layer layer : model.layers()) {
            units += layer.output().units();
            widest = Math.max(widest, layer.output().units());
            parts += layer.partBytes(layer.output().whole(), batch);
        }
        return (units + (training ? 2 * widest : 0)) * batch * Float.BYTES + parts;
    }

    private static long pool(ModelDescription description, int shuffle) {
        // A frame is kept once for all windows that it belongs to, but an utterance until its last frame is drawn: at
        // random that is about six times what is left to draw. Pictures keep their bytes until they are drawn.
        long each = description.kind() == DatasetKind.SPEECH
                ? (long) description.featureDimension() * Float.BYTES * 4
                : description.featureDimension();
        // The pool is refilled by whole portions, and Avro's decoder holds another copy for a moment.
        return Math.round(1.5 * shuffle * (each + POOL_ENTRY));
    }

    /** All off-heap memory that goes through direct buffers: the least value of {@code -XX:MaxDirectMemorySize}. */
    public long directBytes() {
        return parameterBytes + gradientBytes + activationBytes + ioBytes;
    }

    /** The whole container. */
    public long containerBytes() {
        return directBytes() + heapBytes + nativeBytes;
    }

    /**
     * Why a container is too small.
     *
     * @param bytes memory of the container
     * @return empty where the plan fits; else what is needed, for what, and what to change
     */
    public Optional<String> shortage(long bytes) {
        if (bytes >= containerBytes()) {
            return Optional.empty();
        }
        return Optional.of("a model replica needs " + Sizes.text(containerBytes()) + " (parameters "
                + Sizes.text(parameterBytes) + ", gradients " + Sizes.text(gradientBytes) + ", activations "
                + Sizes.text(activationBytes) + ", direct buffers " + Sizes.text(ioBytes) + ", heap "
                + Sizes.text(heapBytes) + ", the process itself " + Sizes.text(nativeBytes)
                + "), but its container has " + Sizes.text(bytes) + "; set replicas.memory to at least "
                + (containerBytes() + MIB - 1) / MIB + "m, or choose a smaller data.shuffle or downpour.miniBatch");
    }
}
