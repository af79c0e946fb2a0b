package org.distbelief.container.downpour;

import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaOrder;

/** A partition, other than the first, of a replica that only scores. */
public final class EvaluationFollower {
    private final ModelReplica replica;

    /** @param replica stays the caller's */
    public EvaluationFollower(ModelReplica replica) {
        this.replica = replica;
    }

    /**
     * Helps to score until the first partition says that the job is done.
     *
     * @throws org.distbelief.container.exchange.NeighbourException where another partition is lost
     */
    public void run() {
        MiniBatch batch = replica.newBatch();
        while (true) {
            ReplicaOrder order = replica.awaitOrder(batch);
            if (order.kind() == ReplicaOrder.Kind.SCORE) {
                replica.helpToScore(batch);
            } else if (FollowerOrder.of(order.argument()) == FollowerOrder.FINISH) {
                return;
            }
        }
    }
}
