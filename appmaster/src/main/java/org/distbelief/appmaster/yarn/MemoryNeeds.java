package org.distbelief.appmaster.yarn;

import java.util.List;
import java.util.Optional;
import org.distbelief.appmaster.launch.JvmMemory;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.conf.Sizes;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.plan.MemoryPlan;
import org.distbelief.container.plan.ReplicaNeeds;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.shard.Holdings;
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
    private final PartitionPlan plan;
    private final ReplicaNeeds replica;

    private MemoryNeeds(JobConfig job, @Nullable ShardMemory shard, PartitionPlan plan, ReplicaNeeds replica) {
        this.shards = job.shards();
        this.replicas = job.replicas();
        this.shard = shard;
        this.plan = plan;
        this.replica = replica;
    }

    /**
     * A training job.
     *
     * @throws org.distbelief.container.partition.PartitionException where its model cannot be split as it asks
     */
    public static MemoryNeeds training(JobConfig job, ModelDescription description, ShardPlan plan) {
        PartitionPlan split =
                PartitionPlan.of(description.model(), job.replicas().partitions());
        int clients = job.replicas().count() * job.replicas().partitions();
        int coordinators =
                job.optimiser() == Optimiser.SANDBLASTER ? job.coordinators().count() : 0;
        int connections = 2 * (clients + coordinators) + OTHER_CONNECTIONS;
        Holdings holdings = Holdings.of(job);
        ShardMemory alone = ShardMemory.of(plan, holdings, connections);
        return new MemoryNeeds(
                job,
                job.shards().replication() > 1 ? alone.withStandby(holdings, connections) : alone,
                split,
                ReplicaNeeds.training(job, description, split));
    }

    /**
     * An evaluation, which has no shards.
     *
     * @throws org.distbelief.container.partition.PartitionException where its model cannot be split as it asks
     */
    public static MemoryNeeds evaluation(JobConfig job, ModelDescription description) {
        PartitionPlan split =
                PartitionPlan.of(description.model(), job.replicas().partitions());
        return new MemoryNeeds(job, null, split, ReplicaNeeds.evaluation(job, description, split));
    }

    /** How a replica is split. */
    public PartitionPlan plan() {
        return plan;
    }

    /** The need of each partition of a replica, in order; unmodifiable. */
    public List<MemoryPlan> partitions() {
        return replica.partitions();
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
        return JvmMemory.of(shards.memoryMib(), need.heapBytes(), need.directBytes(), need.nativeBytes());
    }

    /**
     * Memory of a replica's process.
     *
     * @param partition which of the replica's
     */
    JvmMemory replicaJvm(int partition) {
        MemoryPlan need = replica.partitions().get(partition);
        return JvmMemory.of(replicas.memoryMib(), need.heapBytes(), need.directBytes(), need.nativeBytes());
    }
}
