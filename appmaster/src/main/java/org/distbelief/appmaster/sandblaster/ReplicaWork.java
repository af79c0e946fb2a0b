package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the coordinator knows of a replica. */
final class ReplicaWork {
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
