package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Done;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation of a batch: who has which portion, which pushes are ready, what is won. Every portion is free, or
 * outstanding, or won; a push becomes ready only while none of its portions is won, and then they all are.
 */
final class Batch {
    final BatchOrder order;
    final BoardRules rules;
    final FreePortions free;
    /** Not free and not won: first those with the fewest copies, then those whose holders make no headway longest. */
    final TreeSet<Portion> outstanding = new TreeSet<>(Comparator.<Portion>comparingInt(p -> p.holders.size())
            .thenComparingLong(p -> p.since)
            .thenComparingInt(p -> p.place));

    private final PushVectors vectors;
    private final Lateness lateness;
    private final List<Portion> portions = new ArrayList<>();
    private final Map<Integer, Portion> byId = new HashMap<>();
    /** Acknowledged by all shards, not yet added up. */
    private final TreeSet<Push> ready;

    private List<Push> adding = List.of();
    /** Portions that have been handed to the shards to be added up. */
    private int added;

    private int counted;
    private @Nullable Double failure;
    /** Ascends with everything that may give somebody something to do. */
    long changes;

    private final Map<Integer, Integer> wonBy = new HashMap<>();
    private long backupsStarted;
    private long backupsWon;
    private long resultsDropped;
    private long portionsRedone;

    /** @param batch in the order in which they are summed up */
    Batch(
            BatchOrder order,
            List<BatchPortion> batch,
            BoardRules rules,
            PushVectors vectors,
            Lateness lateness,
            Owners owners) {
        this.order = order;
        this.rules = rules;
        this.vectors = vectors;
        this.lateness = lateness;
        this.free = new FreePortions(rules.deterministic());
        this.ready = new TreeSet<>(
                rules.deterministic()
                        ? Comparator.comparing((Push push) -> push.portions().get(0))
                        : Comparator.comparingLong((Push push) -> push.order().number()));
        for (BatchPortion what : batch) {
            Portion portion = new Portion(what, portions.size());
            portion.owner = owners.ownerOf(what.id());
            portions.add(portion);
            if (byId.put(what.id(), portion) != null) {
                throw new IllegalArgumentException("expected each portion once, found portion " + what.id() + " twice");
            }
            free.add(portion);
        }
    }

    /** Who should rather compute a portion. */
    @FunctionalInterface
    interface Owners {
        /** A replica, or {@link Portion#NOBODY}. */
        int ownerOf(int portion);
    }

    @Nullable
    Portion find(int id) {
        return byId.get(id);
    }

    @Nullable
    Portion at(int place) {
        return place < portions.size() ? portions.get(place) : null;
    }

    /** In a deterministic batch, whether a push vector may be taken for it. */
    boolean isNear(Portion portion) {
        return portion.place < added + rules.pushesAtOnce();
    }

    /** What the replica holds changes: to {@code computing}, {@code bundle} and its push. */
    void settle(ReplicaWork replica, Set<Portion> before, long now) {
        boolean moved = replica.note(now);
        Set<Portion> after = replica.held();
        for (Portion portion : before) {
            if (!after.contains(portion)) {
                release(portion, replica);
            }
        }
        for (Portion portion : after) {
            if (moved || !before.contains(portion)) {
                hold(portion, replica);
            }
        }
    }

    /** Gives a portion that is free, or outstanding elsewhere, to a replica. */
    void give(Portion portion, ReplicaWork replica, long now) {
        if (!portion.holders.isEmpty()) {
            backupsStarted++;
        } else {
            if (portion.givenTo != Portion.NOBODY) {
                portionsRedone++;
            }
            portion.givenTo = replica.replica;
        }
        Set<Portion> before = replica.held();
        replica.computing = portion;
        settle(replica, before, now);
    }

    /** The replica holds it, or is at something else with it. */
    private void hold(Portion portion, ReplicaWork replica) {
        if (portion.holders.isEmpty()) {
            free.remove(portion);
            // Where it was the last one, those that were to wait may get copies.
            changes += free.isEmpty() ? 1 : 0;
        } else {
            outstanding.remove(portion);
        }
        if (!portion.holders.contains(replica)) {
            portion.holders.add(replica);
        }
        portion.renew();
        outstanding.add(portion);
    }

    private void release(Portion portion, ReplicaWork replica) {
        if (portion.won() || !portion.holders.contains(replica)) {
            return;
        }
        outstanding.remove(portion);
        portion.holders.remove(replica);
        if (portion.holders.isEmpty()) {
            free.add(portion);
        } else {
            portion.renew();
            outstanding.add(portion);
        }
        changes++;
    }

    /** A result joins the bundle of a replica. */
    void computed(Portion portion, Done done, ReplicaWork replica, long now) {
        // One that was copied is a slow replica's, which must not set the average.
        if (portion == replica.computing && portion.holders.size() == 1) {
            lateness.computed(now - replica.computingSince());
        }
        portion.computed(done);
    }

    /** The loss, or its gradient, can't be computed at this point. */
    void fail(double loss) {
        failure = loss;
        changes++;
    }

    /**
     * How many milliseconds it takes until the first of the outstanding portions is late, see {@link Lateness}. Only
     * then is a copy of it worth the work. 0 where it is late, and as long as it is not known how long portions take.
     */
    long millisUntilLate(long now) {
        if (outstanding.isEmpty() || outstanding.first().since == ReplicaWork.WAITS) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, outstanding.first().since + lateness.millis() - now);
    }

    void dropped(int results) {
        resultsDropped += results;
    }

    /**
     * All shards have acknowledged the replica's push: its portions are won, and whatever others have of them is void.
     */
    void win(ReplicaWork winner, Push push, long now) {
        lateness.pushed(now - winner.pushingSince());
        winner.push = null;
        for (Portion portion : push.portions()) {
            if (portion.won()) {
                throw new IllegalStateException(
                        portion + " of push " + push.order().number() + " is won already");
            }
            outstanding.remove(portion);
            portion.wonBy = winner.replica;
        }
        ready.add(push);
        wonBy.merge(winner.replica, push.portions().size(), Integer::sum);
        for (Portion portion : push.portions()) {
            if (portion.givenTo != winner.replica) {
                backupsWon++;
            }
            for (ReplicaWork holder : portion.holders) {
                if (holder != winner) {
                    giveUpFor(portion, holder);
                }
            }
            portion.holders.clear();
        }
        changes++;
    }

    private void giveUpFor(Portion won, ReplicaWork holder) {
        if (holder.computing == won) {
            holder.computing = null;
        }
        if (holder.bundle.contains(won)) {
            List<Portion> bundle = holder.bundle;
            holder.bundle = List.of();
            resultsDropped += bundle.size();
            releaseAll(bundle, holder);
        }
        Push push = holder.push;
        if (push != null && push.portions().contains(won)) {
            resultsDropped += push.portions().size();
            cancel(holder, push);
            releaseAll(push.portions(), holder);
        }
    }

    private void releaseAll(List<Portion> some, ReplicaWork holder) {
        some.forEach(portion -> release(portion, holder));
    }

    /** The replica's push is void. Its portions are still held. */
    void cancel(ReplicaWork holder, Push push) {
        holder.push = null;
        vectors.discard(push.order());
        changes++;
    }

    /** The replica is lost, and what it has. */
    void lost(ReplicaWork replica) {
        resultsDropped += replica.results();
        Set<Portion> held = replica.held();
        Push push = replica.push;
        if (push != null) {
            cancel(replica, push);
        }
        replica.clear();
        held.forEach(portion -> {
            if (portion.owner == replica.replica) {
                portion.owner = Portion.NOBODY;
            }
            release(portion, replica);
        });
        free.disown(replica.replica);
    }

    /** Whether there are pushes to be added up. */
    boolean hasReady() {
        return !ready.isEmpty();
    }

    /** See {@link BatchBoard#nextCommit}. */
    Optional<Commit> nextCommit() {
        if (vectors.isUnderWay()) {
            return Optional.empty();
        }
        List<Push> next = new ArrayList<>();
        boolean begun = added > 0;
        for (Iterator<Push> all = ready.iterator(); all.hasNext(); ) {
            Push push = all.next();
            if (rules.deterministic() && push.portions().get(0).place != added) {
                break;
            }
            next.add(push);
            added += push.portions().size();
            all.remove();
        }
        adding = next;
        changes += next.isEmpty() ? 0 : 1;
        boolean some = !next.isEmpty();
        return vectors.commit(
                next.stream().map(Push::order).toList(), some && !begun, some && added == portions.size());
    }

    /** The shards have added them up. */
    void committed() {
        adding.forEach(push -> counted += push.portions().size());
        adding = List.of();
        changes++;
    }

    boolean failed() {
        return failure != null;
    }

    boolean done() {
        return failed() || counted == portions.size();
    }

    double lossSum() {
        if (failure != null) {
            return failure;
        }
        double sum = 0;
        for (Portion portion : portions) {
            sum += portion.lossSum;
        }
        return sum;
    }

    long examples() {
        return portions.stream()
                .filter(Portion::won)
                .mapToLong(portion -> portion.examples)
                .sum();
    }

    int counted() {
        return counted;
    }

    int portions() {
        return portions.size();
    }

    BatchTally tally() {
        return new BatchTally(wonBy, backupsStarted, backupsWon, resultsDropped, portionsRedone);
    }

    /** Notes which replica has won each portion, by its id. */
    void winners(Map<Integer, Integer> computedBy) {
        for (Portion portion : portions) {
            if (portion.wonBy != Portion.NOBODY) {
                computedBy.put(portion.what.id(), portion.wonBy);
            }
        }
    }
}
