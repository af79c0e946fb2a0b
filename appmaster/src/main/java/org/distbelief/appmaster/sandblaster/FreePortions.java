package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The portions that nobody has, and who should rather get which. A replica gets first what it owns: portions that it
 * computed in an earlier batch or was told to read ahead; then unowned portions on its node; then any unowned; then
 * any. Each in the order of the portions.
 */
final class FreePortions {
    private final boolean inOrder;
    private final TreeSet<Portion> all = new TreeSet<>();
    private final TreeSet<Portion> unowned = new TreeSet<>();
    private final Map<String, TreeSet<Portion>> onHost = new HashMap<>();
    private final Map<Integer, TreeSet<Portion>> owned = new HashMap<>();

    /** @param inOrder whether portions are given in their order alone */
    FreePortions(boolean inOrder) {
        this.inOrder = inOrder;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean contains(Portion portion) {
        return all.contains(portion);
    }

    @Nullable
    Portion first() {
        return all.isEmpty() ? null : all.first();
    }

    void add(Portion portion) {
        all.add(portion);
        if (portion.owner != Portion.NOBODY) {
            owned.computeIfAbsent(portion.owner, r -> new TreeSet<>()).add(portion);
        } else {
            unowned.add(portion);
            for (String host : portion.what.hosts()) {
                onHost.computeIfAbsent(host, h -> new TreeSet<>()).add(portion);
            }
        }
    }

    void remove(Portion portion) {
        if (!all.remove(portion)) {
            return;
        }
        if (portion.owner != Portion.NOBODY) {
            owned.getOrDefault(portion.owner, new TreeSet<>()).remove(portion);
        } else {
            unowned.remove(portion);
            for (String host : portion.what.hosts()) {
                onHost.getOrDefault(host, new TreeSet<>()).remove(portion);
            }
        }
    }

    /** The portion that a replica should get next, which stays free; null where none is. */
    @Nullable
    Portion next(ReplicaWork replica) {
        if (all.isEmpty()) {
            return null;
        }
        Portion liked = inOrder ? null : liked(replica);
        return liked == null ? all.first() : liked;
    }

    /** Portions that the replica should read ahead; others get them only when nothing else is free. */
    List<Portion> ahead(ReplicaWork replica, int most) {
        TreeSet<Portion> own = owned.computeIfAbsent(replica.replica, r -> new TreeSet<>());
        while (own.size() < most) {
            Portion portion = unownedFor(replica);
            if (portion == null) {
                break;
            }
            remove(portion);
            portion.owner = replica.replica;
            add(portion);
        }
        List<Portion> ahead = new ArrayList<>(most);
        for (Portion portion : own) {
            if (ahead.size() == most) {
                break;
            }
            ahead.add(portion);
        }
        return ahead;
    }

    /** The replica is lost: what it would have got belongs to nobody. */
    void disown(int replica) {
        TreeSet<Portion> own = owned.getOrDefault(replica, new TreeSet<>());
        for (Portion portion : new ArrayList<>(own)) {
            remove(portion);
            portion.owner = Portion.NOBODY;
            add(portion);
        }
    }

    private @Nullable Portion liked(ReplicaWork replica) {
        TreeSet<Portion> own = owned.get(replica.replica);
        return own == null || own.isEmpty() ? unownedFor(replica) : own.first();
    }

    private @Nullable Portion unownedFor(ReplicaWork replica) {
        SortedSet<Portion> near = onHost.getOrDefault(replica.host, unowned);
        SortedSet<Portion> from = near.isEmpty() ? unowned : near;
        return from.isEmpty() ? null : from.first();
    }
}
