package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.jspecify.annotations.Nullable;

/**
 * Answers one report of a replica on the batch under way. What the replica reports is true, and what the coordinator
 * knows of it follows: so it does not matter which earlier answers arrived. Only what a push holds was settled when it
 * was ordered; a replica that turns out to have something else gets another push, and the former is void.
 */
final class Answer {
    private static final int AHEAD = 2;
    /** Of a portion at a time: more only get in each other's way. */
    private static final int MOST_COPIES = 4;

    private final Batch batch;
    private final PushVectors vectors;
    private final ReplicaWork replica;
    private final WorkReport report;
    private final boolean anew;
    private final long now;

    private List<Portion> bundle = new ArrayList<>();
    private boolean keep;
    private boolean drop;
    private @Nullable Portion computing;
    private Optional<PushOrder> order = Optional.empty();

    /**
     * @param report about this batch, or empty where the replica works on another one
     * @param anew whether it comes for the first time
     */
    Answer(Batch batch, PushVectors vectors, ReplicaWork replica, WorkReport report, boolean anew, long now) {
        this.batch = batch;
        this.vectors = vectors;
        this.replica = replica;
        this.report = report;
        this.anew = anew;
        this.now = now;
    }

    WorkReply answer() {
        Push push = replica.push;
        if (push != null && report.pushed() && isPushing(push)) {
            batch.win(replica, push, now);
        }
        if (batch.failed()) {
            return new WorkReply(
                    Optional.of(batch.order),
                    false,
                    !report.bundle().isEmpty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
        }
        Set<Portion> before = replica.held();
        computing = replica.computing;
        takeBundle();
        report.done().ifPresent(this::judge);
        report.working().map(batch::find).filter(p -> !p.won()).ifPresent(working -> computing = working);
        orderPush();
        replica.bundle = bundle;
        replica.computing = computing;
        batch.settle(replica, before, now);
        if (batch.failed()) {
            computing = null;
        } else if (computing == null) {
            choose();
        } else if (batch.rules.deterministic() && !bundle.isEmpty()) {
            // It was to make way already, and the answer did not arrive.
            letGo();
        }
        return new WorkReply(
                Optional.of(batch.order),
                keep,
                drop,
                order,
                Optional.ofNullable(computing).map(portion -> portion.what.id()),
                ahead());
    }

    private boolean isPushing(Push push) {
        return report.pushing().isPresent()
                && report.pushing().get() == push.order().number();
    }

    private void takeBundle() {
        for (int id : report.bundle()) {
            Portion portion = batch.find(id);
            if (portion == null || portion.won()) {
                drop = true;
                bundle.clear();
                return;
            }
            bundle.add(portion);
        }
    }

    private void judge(Done done) {
        Portion portion = batch.find(done.portion());
        if (!Double.isFinite(done.lossSum())) {
            batch.fail(done.lossSum());
        }
        if (portion != null && portion == computing) {
            computing = null;
        }
        Push push = replica.push;
        boolean pushing = push != null && isPushing(push) && push.portions().contains(portion);
        boolean full = batch.rules.deterministic() && !bundle.isEmpty();
        if (portion == null || portion.won() || bundle.contains(portion) || pushing || full) {
            batch.dropped(anew ? 1 : 0);
            return;
        }
        keep = true;
        bundle.add(portion);
        batch.computed(portion, done, replica, now);
    }

    private void orderPush() {
        Push push = replica.push;
        if (push != null && !isPushing(push)) {
            // The order did not arrive, or the replica could not carry it out.
            if (report.room() && new HashSet<>(bundle).equals(new HashSet<>(push.portions()))) {
                order = Optional.of(push.order());
                bundle = new ArrayList<>();
            } else {
                batch.cancel(replica, push);
            }
        }
        if (replica.push == null && report.room() && mayPush(batch, vectors, bundle)) {
            replica.push = new Push(vectors.take(), replica, bundle);
            order = Optional.of(replica.push.order());
            bundle = new ArrayList<>();
        }
    }

    /** Whether a replica should push this bundle now. */
    static boolean mayPush(Batch batch, PushVectors vectors, List<Portion> bundle) {
        if (bundle.isEmpty() || !vectors.hasSpare()) {
            return false;
        }
        if (batch.rules.deterministic()) {
            return batch.isNear(bundle.get(0));
        }
        return bundle.size() >= batch.rules.pushAfter()
                || batch.free.isEmpty()
                || bundle.stream().anyMatch(portion -> portion.holders.size() > 1);
    }

    private void choose() {
        if (batch.rules.deterministic() && !bundle.isEmpty()) {
            if (!makesWay()) {
                return;
            }
            letGo();
        }
        computing = batch.free.next(replica);
        if (computing == null
                && batch.rules.backupCopies()
                && replica.holdsNothing()
                && batch.millisUntilLate(now) == 0) {
            Portion slowest = batch.outstanding.first();
            computing = slowest.holders.size() < MOST_COPIES ? slowest : null;
        }
        if (computing != null) {
            batch.give(computing, replica, now);
        }
    }

    /**
     * In a deterministic batch, whether a replica lets go a result whose turn has not come: an earlier portion, which
     * comes before, is free again, and all replicas might wait with later ones.
     */
    private boolean makesWay() {
        Portion first = batch.free.first();
        Portion held = bundle.get(0);
        return first != null && batch.isNear(first) && !batch.isNear(held);
    }

    private void letGo() {
        batch.dropped(1);
        if (keep) {
            keep = false;
        } else {
            drop = true;
        }
        Set<Portion> before = replica.held();
        bundle = new ArrayList<>();
        replica.bundle = bundle;
        batch.settle(replica, before, now);
    }

    private List<Integer> ahead() {
        if (computing == null) {
            return List.of();
        }
        if (batch.rules.deterministic()) {
            // By then every other replica will have taken one.
            Portion later = batch.at(computing.place + batch.outstanding.size());
            return later != null && batch.free.contains(later) ? List.of(later.what.id()) : List.of();
        }
        return batch.free.ahead(replica, AHEAD).stream()
                .map(portion -> portion.what.id())
                .toList();
    }
}
