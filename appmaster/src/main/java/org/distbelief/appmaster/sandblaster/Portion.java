package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.coordinator.Done;

/**
 * A portion of the batch under way: free while nobody holds it and it is not won, outstanding while somebody does.
 * Ordered by place.
 */
final class Portion implements Comparable<Portion> {
    static final int NOBODY = -1;

    final BatchPortion what;
    /** Its rank in the batch, from 0. */
    final int place;
    /** Replicas that compute it, or have it in their bundle or in a push under way. */
    final List<ReplicaWork> holders = new ArrayList<>(1);
    /** The replica whose result lies on all shards, and is or will be added to the gradient. */
    int wonBy = NOBODY;
    /** Since when its holders have been at what they are at, the latest of them, as {@link ReplicaWork#since} says. */
    long since;
    /** The replica that got it when it was free. */
    int givenTo = NOBODY;
    /** The replica that should rather have it: it has read it. */
    int owner = NOBODY;

    double lossSum;
    long examples;

    Portion(BatchPortion what, int place) {
        this.what = what;
        this.place = place;
    }

    boolean won() {
        return wonBy != NOBODY;
    }

    void computed(Done done) {
        lossSum = done.lossSum();
        examples = done.examples();
    }

    /** Its holders are others, or at something else. */
    void renew() {
        since = holders.stream().mapToLong(holder -> holder.since(this)).max().orElse(ReplicaWork.WAITS);
    }

    @Override
    public int compareTo(Portion other) {
        return Integer.compare(place, other.place);
    }

    @Override
    public String toString() {
        return "portion " + what.id();
    }
}
