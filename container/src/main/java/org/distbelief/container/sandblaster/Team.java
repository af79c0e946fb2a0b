package org.distbelief.container.sandblaster;

import java.time.Duration;
import java.util.OptionalDouble;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.paramserver.VectorName;

/** All partitions of a replica as the first one leads them: each does the same with its part. For one thread. */
final class Team implements AutoCloseable {
    /** How often those who wait for an order hear that there is none yet. */
    private static final Duration SIGN = Duration.ofSeconds(1);

    private final ModelReplica replica;
    private final SandblasterSteps own;
    private long lastOrder = System.nanoTime();
    private Push push = Push.NONE;

    /** How far the last push is. */
    enum Push {
        /** None was begun. */
        NONE,
        /** Some shard has not acknowledged all of it. */
        UNDER_WAY,
        /** All shards have it. */
        TAKEN,
        /** It has ended, but some of it was not taken, since its vector was gone. */
        NOT_TAKEN
    }

    /** @param own of partition 0; closed with the team */
    Team(ModelReplica replica, SandblasterSteps own) {
        this.replica = replica;
        this.own = own;
    }

    private void order(PartitionOrder order, String text) {
        replica.order(order.code(), text);
        lastOrder = System.nanoTime();
    }

    private void order(PartitionOrder order) {
        order(order, "");
    }

    /**
     * Gets the parameters of a point; what has accrued is void.
     *
     * @return the penalty for all of the model's weights there; empty where a shard does not hold the vector
     */
    OptionalDouble fetch(VectorName point) throws Exception {
        order(PartitionOrder.FETCH, point.value());
        OptionalDouble penalty = own.fetch(point);
        double[] sums = {penalty.orElse(0), penalty.isPresent() ? 0 : 1};
        replica.addUp(sums);
        return sums[1] > 0 ? OptionalDouble.empty() : OptionalDouble.of(sums[0]);
    }

    /** Begins a portion; what there is of another one is dropped. */
    void begin() {
        order(PartitionOrder.BEGIN);
        own.begin();
    }

    /**
     * Adds a mini-batch's gradient to the portion's.
     *
     * @return the sum of its losses
     */
    double add(MiniBatch batch, long noise) {
        lastOrder = System.nanoTime();
        return own.add(batch, noise);
    }

    /** The portion is complete: its gradient is set apart, until it is kept or another one is complete. */
    void complete() {
        order(PartitionOrder.COMPLETE);
        own.complete();
    }

    /** The portion that was completed last joins the bundle. */
    void keep() {
        order(PartitionOrder.KEEP);
        own.keep();
    }

    /** The bundle is void. */
    void drop() {
        order(PartitionOrder.DROP);
        own.drop();
    }

    /**
     * Begins to push the bundle; no push may be under way.
     *
     * @return false where its gradient is not all finite numbers: it is void then, and nothing is pushed
     */
    boolean push(VectorName into) {
        order(PartitionOrder.PUSH, into.value());
        double[] not = {own.finite() ? 0 : 1};
        replica.addUp(not);
        if (not[0] > 0) {
            own.drop();
            return false;
        }
        own.push(into);
        push = Push.UNDER_WAY;
        return true;
    }

    /**
     * How far the last push is, in all partitions.
     *
     * @throws Exception what ended this partition's part of it
     */
    Push pushed() throws Exception {
        if (push == Push.UNDER_WAY && !own.pushing()) {
            boolean taken = own.taken();
            order(PartitionOrder.PUSHED);
            double[] sums = {0, taken ? 0 : 1};
            replica.addUp(sums);
            if (sums[0] == 0) {
                push = sums[1] == 0 ? Push.TAKEN : Push.NOT_TAKEN;
            }
        }
        return push;
    }

    /** There is nothing to do now. */
    void keepWaiting() {
        if (System.nanoTime() - lastOrder > SIGN.toNanos()) {
            order(PartitionOrder.WAIT);
        }
    }

    /** The job is done. */
    void finish() {
        order(PartitionOrder.FINISH);
    }

    /** Ends the thread that pushes. */
    @Override
    public void close() {
        own.close();
    }
}
