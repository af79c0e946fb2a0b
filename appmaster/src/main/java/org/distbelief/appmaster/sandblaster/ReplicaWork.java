package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the coordinator knows of a replica. */
final class ReplicaWork {
    /** In place of a time: it has something that it waits to be told to push. */
    static final long WAITS = Long.MAX_VALUE;

    final int replica;
    long incarnation;
    /** The last report's. */
    long sequence = Long.MIN_VALUE;

    String host = "";
    long heardAt;
    long reportedAt;
    /** It was reported lost, and has not been heard since. */
    boolean lost;

    @Nullable
    Portion computing;

    List<Portion> bundle = List.of();
    /** Ordered, perhaps under way, and not known to be acknowledged. */
    @Nullable
    Push push;

    /** What it was at when that was noted last, and since when it has been. */
    private @Nullable Portion notedComputing;

    private long computingSince;
    private @Nullable Push notedPush;
    private long pushingSince;

    ReplicaWork(int replica, long incarnation) {
        this.replica = replica;
        this.incarnation = incarnation;
    }

    /** All that it holds. */
    Set<Portion> held() {
        Set<Portion> held = new LinkedHashSet<>(bundle);
        if (push != null) {
            held.addAll(push.portions());
        }
        if (computing != null) {
            held.add(computing);
        }
        return held;
    }

    /** Notes what it is at now; says whether that is something else than was noted last. */
    boolean note(long now) {
        boolean computesOther = computing != notedComputing;
        boolean pushesOther = !Objects.equals(push, notedPush);
        notedComputing = computing;
        notedPush = push;
        computingSince = computesOther ? now : computingSince;
        pushingSince = pushesOther ? now : pushingSince;
        return computesOther || pushesOther;
    }

    /** Since when it has been at what it was noted to compute last, in milliseconds. */
    long computingSince() {
        return computingSince;
    }

    /** Since when it has been at the push that was noted last, in milliseconds. */
    long pushingSince() {
        return pushingSince;
    }

    /**
     * Since when it has been at what a portion that it holds waits for: the push that it is in, or else the computation
     * at hand, also where another portion is computed; or {@link #WAITS}.
     */
    long since(Portion portion) {
        if (push != null && push.portions().contains(portion)) {
            return pushingSince;
        }
        return computing == null ? WAITS : computingSince;
    }

    boolean holdsNothing() {
        return computing == null && bundle.isEmpty() && push == null;
    }

    /** Results that would be lost with it. */
    int results() {
        return bundle.size() + (push == null ? 0 : push.portions().size());
    }

    void clear() {
        computing = null;
        bundle = new ArrayList<>();
        push = null;
    }
}
