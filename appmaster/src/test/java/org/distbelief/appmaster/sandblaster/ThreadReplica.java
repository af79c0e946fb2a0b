package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.NotLeadingException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.shard.ShardException;

/** A replica in a thread that computes portions of a {@link LeastSquares} problem, and pushes at once. */
final class ThreadReplica implements Runnable {
    private final int replica;
    private final LeastSquares problem;
    private final SharedVectors vectors;
    private final Supplier<Optional<CoordinatorHandler>> leader;

    private long sequence;
    private Optional<BatchOrder> batch = Optional.empty();
    private Optional<Done> done = Optional.empty();
    private double[] point = {};
    private double[] computed = {};
    private double[] bundle = {};
    private List<Integer> portions = new ArrayList<>();
    private Optional<Long> pushing = Optional.empty();

    /** @param leader whom it reports to; one that does not lead is asked again */
    ThreadReplica(
            int replica, LeastSquares problem, SharedVectors vectors, Supplier<Optional<CoordinatorHandler>> leader) {
        this.replica = replica;
        this.problem = problem;
        this.vectors = vectors;
        this.leader = leader;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                CoordinatorHandler leads = leader.get().orElse(null);
                if (leads != null) {
                    try {
                        obey(leads.report(report()));
                        continue;
                    } catch (NotLeadingException e) {
                        sequence--;
                    }
                }
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CoordinatorRefusedException | ShardException e) {
            throw new IllegalStateException(e);
        }
    }

    private WorkReport report() {
        return new WorkReport(
                replica,
                1,
                ++sequence,
                batch.map(BatchOrder::id),
                done,
                Optional.empty(),
                portions,
                pushing,
                pushing.isPresent(),
                pushing.isEmpty());
    }

    private void obey(WorkReply reply) throws ShardException, InterruptedException {
        pushing = Optional.empty();
        if (reply.batch().isPresent() && !reply.batch().equals(batch)) {
            batch = reply.batch();
            try {
                point = vectors.get(reply.batch().get().point());
            } catch (ShardException e) {
                // A later term has begun.
                batch = Optional.empty();
            }
            portions = new ArrayList<>();
            done = Optional.empty();
            if (batch.isEmpty()) {
                return;
            }
        }
        if (reply.drop()) {
            portions = new ArrayList<>();
        }
        if (done.isPresent() && reply.keep()) {
            if (portions.isEmpty()) {
                bundle = new double[computed.length];
            }
            for (int i = 0; i < computed.length; i++) {
                bundle[i] += computed[i];
            }
            portions.add(done.get().portion());
        }
        done = Optional.empty();
        if (reply.push().isPresent()) {
            vectors.push(reply.push().get().into(), bundle);
            pushing = Optional.of(reply.push().get().number());
            portions = new ArrayList<>();
        }
        if (reply.compute().isPresent()) {
            int portion = reply.compute().get();
            problem.pass();
            computed = new double[point.length];
            double loss = problem.portion(portion, point, computed);
            done = Optional.of(new Done(portion, loss, problem.examplesOf(portion)));
        }
    }
}
