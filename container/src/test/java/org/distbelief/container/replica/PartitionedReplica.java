package org.distbelief.container.replica;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.SameProcess;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.paramserver.Range;

/** All partitions of a replica, each in a thread of its own, and the same steps on each. */
final class PartitionedReplica implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(20);
    private static final int MAX_BATCH = 6;

    final PartitionPlan plan;
    final List<ModelReplica> partitions = new ArrayList<>();
    final List<MiniBatch> batches = new ArrayList<>();
    private final List<Neighbours> neighbours;
    private final ExecutorService threads;

    PartitionedReplica(Model model, int count, UnaryOperator<Neighbours> around) {
        this(model, SameProcess.connect(count, BOUND), around);
    }

    PartitionedReplica(Model model, List<Neighbours> neighbours, UnaryOperator<Neighbours> around) {
        int count = neighbours.size();
        this.plan = PartitionPlan.of(model, count);
        this.neighbours = neighbours;
        this.threads = Executors.newFixedThreadPool(count);
        for (Neighbours one : neighbours) {
            ModelReplica replica = ModelReplica.forTraining(plan, around.apply(one), new PlainKernels(), MAX_BATCH, 99);
            replica.parameters().initialise(model, 7);
            partitions.add(replica);
            batches.add(replica.newBatch());
        }
    }

    /** Fills the mini-batch of partition 0. */
    void fill(int size, long seed) {
        Random random = new Random(seed);
        batches.get(0).fill(size, (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(RandomModels.CLASSES);
        });
    }

    /** What one partition does. */
    @FunctionalInterface
    interface Work<T> {
        T on(ModelReplica replica, MiniBatch batch);
    }

    /** Has all partitions do the same; the others after an order. */
    <T> List<T> all(Work<T> work) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (int p = 0; p < partitions.size(); p++) {
            ModelReplica replica = partitions.get(p);
            MiniBatch batch = batches.get(p);
            futures.add(threads.submit(() -> {
                if (replica.partition() > 0) {
                    replica.awaitOrder(batch);
                }
                return work.on(replica, batch);
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    /** The owned parts of everyone's memory, put together. */
    FloatMemory gather(List<ReplicaParameters> memory) {
        FloatMemory whole = FloatMemory.allocate(plan.model().parameters());
        int found = 0;
        for (int p = 0; p < memory.size(); p++) {
            for (Range range : plan.owned(p)) {
                for (long i = range.start(); i < range.end(); i++) {
                    whole.put((int) i, memory.get(p).view(i, 1).getFloat(0));
                    found++;
                }
            }
        }
        if (found != whole.size()) {
            throw new AssertionError("expected an owner for each of " + whole.size() + " parameters, found " + found);
        }
        return whole;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        neighbours.forEach(Neighbours::close);
    }
}
