package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.SameProcess;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionPlan;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a partition is said to take is what it allocates, to the byte. */
class ReplicaMemoryTest {
    private static final int BATCH = 7;
    private static final int ATTEMPTS = 500;

    private final BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    static LongStream seeds() {
        return LongStream.range(200, 260);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theMemoryThatIsToldIsTheMemoryThatIsAllocated(long seed) {
        Model model = RandomModels.of(seed);
        for (int count = 1; count <= PartitionedReplicaTest.atMost(model, 6); count++) {
            PartitionPlan plan = PartitionPlan.of(model, count);
            List<Neighbours> neighbours = SameProcess.connect(count, PartitionedReplica.BOUND);
            for (int p = 0; p < count; p++) {
                Neighbours own = neighbours.get(p);
                String what = "partition " + p + " of " + count + " of " + model.layers();
                ReplicaMemory told = ReplicaMemory.of(plan, p, BATCH, true);
                ReplicaMemory scoring = ReplicaMemory.of(plan, p, BATCH, false);

                assertAllocates(
                        told.activationBytes() + 2 * told.parameterBytes(),
                        what,
                        () -> ModelReplica.forTraining(plan, own, new PlainKernels(), BATCH, 1));
                assertAllocates(
                        scoring.activationBytes() + scoring.parameterBytes(),
                        what + ", scoring",
                        () -> ModelReplica.forScoring(plan, own, new PlainKernels(), BATCH));
                ModelReplica replica = ModelReplica.forTraining(plan, own, new PlainKernels(), BATCH, 1);
                assertAllocates(told.parameterBytes(), what + ", gradient", replica::newGradient);
                assertAllocates(told.batchBytes(), what + ", mini-batch", replica::newBatch);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void onlyPartition0HoldsInputs(long seed) {
        Model model = RandomModels.of(seed);
        int count = PartitionedReplicaTest.atMost(model, 4);
        PartitionPlan plan = PartitionPlan.of(model, count);

        assertThat(ReplicaMemory.of(plan, 0, BATCH, true).batchBytes())
                .isGreaterThan((long) model.input().units() * BATCH * Float.BYTES);
        assertThat(IntStream.range(1, count)
                        .mapToLong(p -> ReplicaMemory.of(plan, p, BATCH, true).batchBytes()))
                .allMatch(bytes -> bytes < 256);
    }

    /** Garbage of others may be freed in the meantime: then it is measured again. */
    private void assertAllocates(long bytes, String what, Supplier<?> allocation) {
        Set<Long> found = new HashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS && !found.contains(bytes); attempt++) {
            long before = direct.getMemoryUsed();
            Object held = allocation.get();
            try {
                found.add(direct.getMemoryUsed() - before);
            } finally {
                Reference.reachabilityFence(held);
            }
        }
        assertThat(found).as(what).contains(bytes);
    }
}
