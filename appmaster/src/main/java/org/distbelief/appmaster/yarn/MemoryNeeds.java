package org.distbelief.appmaster.yarn;

import java.util.Optional;
import org.distbelief.appmaster.launch.JvmMemory;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Sizes;
import org.distbelief.container.model.MemoryPlan;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.shard.ShardMemory;
import org.jspecify.annotations.Nullable;

/** What a job's containers need of memory, against what the job file gives them. */
public final class MemoryNeeds {
    private static final long MIB = 1L << 20;
    /** Connections of a shard besides those of the replicas: status, saving. */
    private static final int OTHER_CONNECTIONS = 4;

    private final ContainerConfig shards;
    private final ContainerConfig replicas;
    private final @Nullable ShardMemory shard;
    private final MemoryPlan replica;

    private MemoryNeeds(
            ContainerConfig shards, ContainerConfig replicas, @Nullable ShardMemory shard, MemoryPlan replica) {
        this.shards = shards;
        this.replicas = replicas;
        this.shard = shard;
        this.replica = replica;
    }

    /** A training job. */
    public static MemoryNeeds training(JobConfig job, ModelDescription description, ShardPlan plan) {
        Model model = description.model();
        return new MemoryNeeds(
                job.shards(),
                job.replicas(),
                ShardMemory.of(
                        plan.shards(),
                        UpdateRuleType.find(job.downpour().update()),
                        2 * job.replicas().count() + OTHER_CONNECTIONS),
                MemoryPlan.forTraining(description, model));
    }

    /** An evaluation, which has no shards. */
    public static MemoryNeeds evaluation(JobConfig job, ModelDescription description) {
        return new MemoryNeeds(
                job.shards(), job.replicas(), null, MemoryPlan.forEvaluation(description, description.model()));
    }

    /** Why the containers are too small; empty if they are large enough. */
    public Optional<String> shortage() {
        ShardMemory need = shard;
        if (need != null && need.totalBytes() > shards.memoryBytes()) {
            return Optional.of("a shard of " + need.floats() + " parameters needs " + Sizes.text(need.totalBytes())
                    + ", but its container has " + Sizes.text(shards.memoryBytes())
                    + "; set shards.memory to at least " + (need.totalBytes() + MIB - 1) / MIB
                    + "m, or raise shards.count");
        }
        return replica.shortage(replicas.memoryBytes());
    }

    /** Memory of a shard's process. */
    JvmMemory shardJvm() {
        ShardMemory need = shard;
        if (need == null) {
            throw new IllegalStateException("an evaluation has no shards");
        }
        // The off-heap need holds the virtual machine's own; buffers alone are less, and a bound too high does no harm.
        return JvmMemory.of(shards.memoryMib(), need.heapBytes(), need.offHeapBytes() / 2, need.offHeapBytes() / 2);
    }

    /** Memory of a replica's process. */
    JvmMemory replicaJvm() {
        return JvmMemory.of(replicas.memoryMib(), replica.heapBytes(), replica.directBytes(), replica.nativeBytes());
    }
}
