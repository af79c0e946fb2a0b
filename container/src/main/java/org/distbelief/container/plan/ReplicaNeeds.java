package org.distbelief.container.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.ReplicaMemory;

/** The memory that all partitions of a model replica need. Their containers are of one size: the largest decides. */
public final class ReplicaNeeds {
    /** The partition that reads and shuffles the data. */
    private static final int READER = 0;

    private final PartitionPlan plan;
    private final MiniBatchSetting miniBatch;
    private final LeastPartitions search;
    private final List<MemoryPlan> partitions;

    /**
     * The job file's setting of the size of mini-batches, and that of the memory for examples.
     *
     * @param key of the size
     * @param examples key of the other
     */
    private record MiniBatchSetting(int size, String key, String examples) {
        static MiniBatchSetting of(JobConfig job) {
            return switch (job.optimiser()) {
                case DOWNPOUR -> downpour(job);
                case SANDBLASTER ->
                    new MiniBatchSetting(job.sandblaster().miniBatch(), "sandblaster.miniBatch", "sandblaster.cache");
            };
        }

        static MiniBatchSetting downpour(JobConfig job) {
            return new MiniBatchSetting(job.downpour().miniBatch(), "downpour.miniBatch", "data.shuffle");
        }
    }

    private ReplicaNeeds(
            PartitionPlan plan,
            MiniBatchSetting miniBatch,
            long leastBytes,
            Function<PartitionPlan, List<MemoryPlan>> needs) {
        this.plan = plan;
        this.miniBatch = miniBatch;
        this.search = new LeastPartitions(plan.model(), leastBytes, needs);
        this.partitions = needs.apply(plan);
    }

    /** A replica that trains as the job file says. */
    public static ReplicaNeeds training(JobConfig job, ModelDescription description, PartitionPlan plan) {
        return new ReplicaNeeds(
                plan,
                MiniBatchSetting.of(job),
                MemoryPlan.leastBytes(job, description, true),
                split -> each(split, partition -> MemoryPlan.forTraining(job, description, split, partition)));
    }

    /** A replica that scores a trained model. */
    public static ReplicaNeeds evaluation(JobConfig job, ModelDescription description, PartitionPlan plan) {
        return new ReplicaNeeds(
                plan,
                MiniBatchSetting.downpour(job),
                MemoryPlan.leastBytes(job, description, false),
                split -> each(split, partition -> MemoryPlan.forEvaluation(job, split, partition)));
    }

    private static List<MemoryPlan> each(PartitionPlan plan, IntFunction<MemoryPlan> need) {
        return IntStream.range(0, plan.partitions()).mapToObj(need).toList();
    }

    /** The need of each partition, in order; unmodifiable. */
    public List<MemoryPlan> partitions() {
        return partitions;
    }

    private int largest() {
        return IntStream.range(0, partitions.size())
                .reduce((a, b) ->
                        partitions.get(b).containerBytes() > partitions.get(a).containerBytes() ? b : a)
                .orElseThrow();
    }

    /**
     * Why the containers are too small.
     *
     * @param bytes memory of each of them
     * @return empty where all partitions fit; else what the largest one needs, for what, and what to change
     */
    public Optional<String> shortage(long bytes) {
        Optional<String> unwieldy = IntStream.range(0, partitions.size())
                .mapToObj(this::unwieldy)
                .flatMap(Optional::stream)
                .findFirst();
        if (unwieldy.isPresent()) {
            return unwieldy;
        }
        int largest = largest();
        MemoryPlan need = partitions.get(largest);
        if (bytes >= need.containerBytes()) {
            return Optional.empty();
        }
        OptionalInt more = search.above(partitions.size(), bytes);
        String who = partitions.size() == 1
                ? "a model replica"
                : "partition " + largest + " of the " + partitions.size() + " of a model replica";
        return Optional.of(who + " needs " + Sizes.text(need.containerBytes()) + " (" + need.parts()
                + "), but its container has " + Sizes.text(bytes) + ", " + Sizes.text(need.containerBytes() - bytes)
                + " too little; set replicas.memory to at least " + need.containerMib() + "m, "
                + (more.isPresent()
                        ? "or replicas.partitions to " + more.getAsInt()
                                + ", the least number with which each fits in the memory given, "
                        : "")
                + "or choose a smaller " + (largest == READER ? miniBatch.examples() + " or " : "") + miniBatch.key()
                + (more.isPresent()
                        ? ""
                        : "; splitting alone does not help: no number of partitions up to " + LeastPartitions.MOST
                                + " would fit in the memory given"));
    }

    /** Why the states of a layer are too many for one piece of memory. */
    private Optional<String> unwieldy(int partition) {
        long units = ReplicaMemory.widest(plan, partition);
        long most = FloatMemory.MOST / units;
        return units * miniBatch.size() <= FloatMemory.MOST
                ? Optional.empty()
                : Optional.of("partition " + partition + " of a model replica needs the states of " + units
                        + " units of one layer for each example, and a mini-batch of " + miniBatch.size()
                        + " of them does not fit in one piece of memory; set " + miniBatch.key() + " to at most " + most
                        + ", or raise replicas.partitions");
    }
}
