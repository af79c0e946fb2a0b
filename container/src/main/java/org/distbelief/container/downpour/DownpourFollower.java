package org.distbelief.container.downpour;

import java.util.List;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaOrder;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.client.ShardedParameters;

/**
 * A partition of a model replica of Downpour SGD other than the first: it takes the steps that the first one orders,
 * with fetches and pushes of its own.
 */
public final class DownpourFollower implements AutoCloseable {
    private final ModelReplica replica;
    private final MiniBatch batch;
    private final Pacer pacer;
    private final DownpourSteps steps;

    /**
     * Nothing runs before {@link #run}, but memory for gradients is allocated. What is handed in stays the caller's.
     */
    public DownpourFollower(
            DownpourSettings settings, ModelReplica replica, ShardedParameters shards, ProgressMeter meter) {
        this.replica = replica;
        this.batch = replica.newBatch();
        this.pacer = new Pacer(settings, shards, false, number -> {});
        this.steps = new DownpourSteps(settings, replica, shards, pacer, meter, pushed -> {});
    }

    /**
     * Follows until the first partition says that the job is done.
     *
     * @throws DivergedException where a gradient that is to be clipped is no number any more
     * @throws org.distbelief.container.exchange.NeighbourException where another partition is lost
     * @throws Exception what ended a fetch or a push
     */
    public void run() throws Exception {
        while (true) {
            ReplicaOrder order = replica.awaitOrder(batch);
            switch (order.kind()) {
                case TRAIN -> steps.step(batch, List.of());
                case SCORE -> replica.helpToScore(batch);
                case OTHER -> {
                    if (!obey(FollowerOrder.of(order.argument()), FollowerOrder.argument(order.argument()))) {
                        return;
                    }
                }
            }
        }
    }

    private boolean obey(FollowerOrder order, long argument) throws Exception {
        switch (order) {
            case WAIT -> {}
            case FLUSH -> {
                steps.flush();
                steps.forgetParameters();
                done();
            }
            case AWAIT_PUSH -> {
                steps.awaitPush(argument);
                done();
            }
            case FETCH -> {
                steps.fetchNow();
                steps.forgetParameters();
            }
            case NUMBER -> pacer.follow(argument);
            case FINISH -> {
                return false;
            }
        }
        return true;
    }

    private void done() {
        replica.addUp(new double[1]);
    }

    /** Ends the threads of fetches and pushes; one under way is interrupted. */
    @Override
    public void close() {
        steps.close();
    }
}
