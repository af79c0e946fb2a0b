package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.util.OptionalDouble;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.shard.ShardException;

/**
 * What one partition of a replica does for Sandblaster: it fetches the parameters that it needs, adds up the gradients
 * of a portion's mini-batches and those of the portions of a bundle, and pushes what it owns of a bundle while the next
 * one accrues. Memory for four gradients goes round: of the portion that is computed, of the one before it as long as
 * it is not known whether that counts, of the bundle, and of the push. For one thread.
 */
final class SandblasterSteps implements AutoCloseable {
    private final ModelReplica replica;
    private final ShardedParameters shards;
    private final ProgressMeter meter;
    private final RangeSet fetched;
    private final RangeSet owned;
    private final BackgroundPush pushing;
    private ReplicaParameters portion;
    private ReplicaParameters apart;
    private ReplicaParameters bundle;
    private ReplicaParameters pushed;
    private boolean portionEmpty = true;
    private boolean apartEmpty = true;
    private boolean bundleEmpty = true;

    /**
     * Allocates memory for gradients.
     *
     * @param replica with one copy of the parameters; stays the caller's, like the shards
     * @param onPushed called in another thread when a push has ended
     */
    SandblasterSteps(
            ModelReplica replica, ShardedParameters shards, BundlePush push, ProgressMeter meter, Runnable onPushed) {
        this.replica = replica;
        this.shards = shards;
        this.meter = meter;
        this.fetched = replica.plan().parameters(replica.partition());
        this.owned = replica.plan().owned(replica.partition());
        this.pushing = new BackgroundPush(push, onPushed);
        this.portion = replica.newGradient();
        this.apart = replica.newGradient();
        this.bundle = replica.newGradient();
        this.pushed = replica.newGradient();
    }

    /**
     * Gets the parameters of a point; what has accrued is void.
     *
     * @return this partition's part of the penalty for the weights there; empty where a shard does not hold the vector
     */
    OptionalDouble fetch(VectorName point) throws IOException, ShardException, InterruptedException {
        portionEmpty = true;
        apartEmpty = true;
        drop();
        long start = System.nanoTime();
        try {
            shards.fetch(point, fetched, replica.spare());
        } catch (ShardException e) {
            boolean gone = e.kind() == ShardException.Kind.NO_VECTOR || e.kind() == ShardException.Kind.WRONG_RANGES;
            if (gone && !point.equals(VectorName.PARAMETERS)) {
                return OptionalDouble.empty();
            }
            throw e;
        }
        replica.install();
        meter.fetched(System.nanoTime() - start);
        return OptionalDouble.of(replica.penalty());
    }

    /** Begins a portion; what there is of another one is dropped. */
    void begin() {
        portionEmpty = true;
    }

    /**
     * Adds a mini-batch's gradient to the portion's.
     *
     * @return the sum of its losses, at partition 0
     */
    double add(MiniBatch batch, long noise) {
        double loss = replica.gradientSum(batch, portion, !portionEmpty, noise);
        portionEmpty = false;
        return loss;
    }

    /** The portion is complete: its gradient is set apart, until it is kept or another one is complete. */
    void complete() {
        ReplicaParameters complete = portion;
        portion = apart;
        apart = complete;
        apartEmpty = portionEmpty;
        portionEmpty = true;
    }

    /** The portion that was completed last joins the bundle. */
    void keep() {
        if (apartEmpty) {
            return;
        }
        if (bundleEmpty) {
            ReplicaParameters first = apart;
            apart = bundle;
            bundle = first;
        } else {
            for (int layer = 0; layer < apart.layers(); layer++) {
                for (int block = 0; block < apart.layer(layer).size(); block++) {
                    FloatMemory from = apart.layer(layer).get(block);
                    replica.kernels()
                            .axpy(from.size(), 1, from, bundle.layer(layer).get(block));
                }
            }
        }
        apartEmpty = true;
        bundleEmpty = false;
    }

    /** Whether the bundle's gradient is all finite numbers. */
    boolean finite() {
        double squares = 0;
        for (int layer = 0; layer < bundle.layers() && !bundleEmpty; layer++) {
            for (FloatMemory block : bundle.layer(layer)) {
                squares += replica.kernels().sumOfSquares(block.size(), block);
            }
        }
        return Double.isFinite(squares);
    }

    /** The bundle is void. */
    void drop() {
        bundleEmpty = true;
    }

    /** Begins to push the bundle, where there is something in it, and a new one; no push may be under way. */
    void push(VectorName into) {
        if (bundleEmpty) {
            pushing.skip();
            return;
        }
        pushing.start(into, owned, bundle);
        ReplicaParameters free = pushed;
        pushed = bundle;
        bundle = free;
        bundleEmpty = true;
    }

    /** Whether a push is under way. */
    boolean pushing() {
        return pushing.underWay();
    }

    /**
     * Whether all of the last push was taken; none may be under way.
     *
     * @throws Exception what ended it
     */
    boolean taken() throws Exception {
        return pushing.taken();
    }

    /** Ends the thread that pushes; a push under way is interrupted. */
    @Override
    public void close() {
        pushing.close();
    }
}
