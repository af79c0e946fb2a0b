package org.distbelief.container.sandblaster;

import java.util.OptionalDouble;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaOrder;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardedParameters;

/**
 * A partition of a model replica of Sandblaster other than the first: it does what the first one orders, with fetches
 * and pushes of its own.
 */
public final class SandblasterFollower implements AutoCloseable {
    private final ModelReplica replica;
    private final MiniBatch batch;
    private final SandblasterSteps steps;

    /**
     * Nothing runs before {@link #run}, but memory for gradients is allocated. What is handed in stays the caller's.
     *
     * @param replica with one copy of the parameters
     * @param push how this partition's part of a bundle gets to the shards
     */
    public SandblasterFollower(ModelReplica replica, ShardedParameters shards, BundlePush push, ProgressMeter meter) {
        this.replica = replica;
        this.batch = replica.newBatch();
        this.steps = new SandblasterSteps(replica, shards, push, meter, () -> {});
    }

    /**
     * Follows until the first partition says that the job is done.
     *
     * @throws org.distbelief.container.exchange.NeighbourException where another partition is lost
     * @throws Exception what ended a fetch or a push
     */
    public void run() throws Exception {
        while (true) {
            ReplicaOrder order = replica.awaitOrder(batch);
            switch (order.kind()) {
                case TRAIN -> steps.add(batch, order.argument());
                case SCORE -> replica.helpToScore(batch);
                case OTHER -> {
                    if (!obey(PartitionOrder.of(order.argument()), order.text())) {
                        return;
                    }
                }
            }
        }
    }

    private boolean obey(PartitionOrder order, String text) throws Exception {
        switch (order) {
            case WAIT -> {}
            case FETCH -> {
                OptionalDouble penalty = steps.fetch(new VectorName(text));
                replica.addUp(new double[] {penalty.orElse(0), penalty.isPresent() ? 0 : 1});
            }
            case BEGIN -> steps.begin();
            case COMPLETE -> steps.complete();
            case KEEP -> steps.keep();
            case DROP -> steps.drop();
            case PUSH -> {
                double[] not = {steps.finite() ? 0 : 1};
                replica.addUp(not);
                if (not[0] == 0) {
                    steps.push(new VectorName(text));
                } else {
                    steps.drop();
                }
            }
            case PUSHED -> {
                boolean under = steps.pushing();
                replica.addUp(new double[] {under ? 1 : 0, under || steps.taken() ? 0 : 1});
            }
            case FINISH -> {
                return false;
            }
        }
        return true;
    }

    /** Ends the thread that pushes; a push under way is interrupted. */
    @Override
    public void close() {
        steps.close();
    }
}
