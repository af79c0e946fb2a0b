package org.distbelief.appmaster.sandblaster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.PushVector;
import org.jspecify.annotations.Nullable;

/**
 * The vectors that bundles are pushed into. Each is made, is used for one push and goes; no name comes twice in a term,
 * so that what a dead replica still sends finds no vector.
 */
final class PushVectors {
    private final long term;
    private final int most;
    private final Deque<Long> spare = new ArrayDeque<>();
    private final TreeSet<Long> used = new TreeSet<>();
    private final List<Long> useless = new ArrayList<>();
    private @Nullable Commit underWay;
    private List<Long> making = List.of();
    private long nextVector = 1;
    private long nextCommit = 1;

    PushVectors(long term, int most) {
        this.term = term;
        this.most = most;
    }

    boolean hasSpare() {
        return !spare.isEmpty();
    }

    int spare() {
        return spare.size();
    }

    boolean isUnderWay() {
        return underWay != null;
    }

    /** Takes a spare vector for a push. */
    PushOrder take() {
        long number = spare.remove();
        used.add(number);
        return new PushOrder(number, name(number));
    }

    /** The push is void; perhaps its vector is written to. */
    void discard(PushOrder push) {
        if (used.remove(push.number())) {
            useless.add(push.number());
        }
    }

    /** All pushes are void. */
    void discardAll() {
        useless.addAll(used);
        used.clear();
    }

    /** Whether there are vectors to be freed or made. */
    boolean wantsCommit() {
        return !useless.isEmpty() || spare.size() + used.size() < most;
    }

    /**
     * What the shards are to do; empty where that is nothing, or they are at it.
     *
     * @param first whether the batch's gradient begins with these
     * @param last whether it is complete with them
     */
    Optional<Commit> commit(List<PushOrder> ready, boolean first, boolean last) {
        if (underWay != null) {
            return Optional.empty();
        }
        List<Long> make = new ArrayList<>();
        while (spare.size() + used.size() - ready.size() + make.size() < most) {
            make.add(nextVector++);
        }
        if (ready.isEmpty() && useless.isEmpty() && make.isEmpty()) {
            return Optional.empty();
        }
        List<VectorName> add = ready.stream().map(PushOrder::into).toList();
        List<VectorName> free = new ArrayList<>(add);
        useless.forEach(number -> free.add(name(number)));
        ready.forEach(push -> used.remove(push.number()));
        useless.clear();
        making = make;
        underWay = new Commit(
                nextCommit++,
                first,
                last,
                add,
                free,
                make.stream().map(this::name).toList());
        return Optional.of(underWay);
    }

    void committed(Commit commit) {
        if (!commit.equals(underWay)) {
            throw new IllegalStateException("expected that " + underWay + " has been run, found " + commit);
        }
        spare.addAll(making);
        making = List.of();
        underWay = null;
    }

    private VectorName name(long number) {
        return PushVector.name(term, number);
    }
}
