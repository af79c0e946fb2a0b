package org.distbelief.appmaster.sandblaster;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.jspecify.annotations.Nullable;

/**
 * Shares the portions of a batch among the model replicas and sees to it that each counts once (paper, section 4.2). A
 * replica adds the gradients of its portions up in a bundle and pushes it into a vector made for that push alone. A
 * push that all shards have acknowledged wins its portions, where none of them is won; with the next {@link Commit} it
 * is added to the gradient. Near the end of a batch, portions that are outstanding are given to free replicas, too: the
 * first result counts.
 *
 * <p>Of one coordinator's term. Times are milliseconds of any clock that does not go back. Not safe for several
 * threads.
 */
public final class BatchBoard {
    /** A replica that pushes tells at least that often whether it is through. */
    private static final long PUSH_CHECK_MILLIS = 500;
    /** So long a spare push vector is kept in mind for a replica that was asked to report. */
    private static final long NUDGE_MILLIS = 1000;

    private final long term;
    private final BoardRules rules;
    private final PushVectors vectors;
    private final Lateness lateness = new Lateness();
    private final Map<Integer, ReplicaWork> replicas = new TreeMap<>();
    /** Which replica has last won a portion, by its id. */
    private final Map<Integer, Integer> computedBy = new HashMap<>();
    /** When replicas were asked to report so that they push. */
    private final Map<Integer, Long> nudged = new LinkedHashMap<>();

    private @Nullable Batch batch;
    private long lastBatch;
    private long changes;

    /** @param term the coordinator's */
    public BatchBoard(long term, BoardRules rules) {
        this.term = term;
        this.rules = rules;
        this.vectors = new PushVectors(term, rules.pushesAtOnce());
    }

    /**
     * Begins an evaluation; one under way is void.
     *
     * @param order of this term, with a higher number than the one before
     * @param portions at least one, none twice
     * @throws IllegalStateException where a commit is under way
     */
    public void begin(BatchOrder order, List<BatchPortion> portions) {
        if (order.id().term() != term || order.id().number() <= lastBatch) {
            throw new IllegalArgumentException(
                    "expected a batch of term " + term + " with a number above " + lastBatch + ", found " + order.id());
        }
        if (portions.isEmpty()) {
            throw new IllegalArgumentException(order.id() + " has no portions; expected at least one");
        }
        end();
        lastBatch = order.id().number();
        List<BatchPortion> sorted = portions.stream()
                .sorted(Comparator.comparingInt(BatchPortion::id))
                .toList();
        lateness.begin();
        batch = new Batch(order, sorted, rules, vectors, lateness, this::ownerOf);
        changes++;
    }

    private int ownerOf(int portion) {
        int replica = computedBy.getOrDefault(portion, Portion.NOBODY);
        ReplicaWork work = replicas.get(replica);
        return work == null || work.lost ? Portion.NOBODY : replica;
    }

    /**
     * Ends the evaluation, where there is one: whatever replicas still have of it is void.
     *
     * @throws IllegalStateException where a commit is under way
     */
    public void end() {
        if (vectors.isUnderWay()) {
            throw new IllegalStateException("expected that committed() is called before the batch ends");
        }
        if (batch != null) {
            batch.winners(computedBy);
            changes += batch.changes;
        }
        changes++;
        batch = null;
        vectors.discardAll();
        nudged.clear();
        replicas.values().forEach(ReplicaWork::clear);
    }

    /**
     * Answers a report. Where there is nothing to do, the same report may be given again when {@link #changes} has
     * changed; the answer of an earlier call must not be sent then.
     *
     * @param host the node that the replica runs on
     * @throws CoordinatorRefusedException where a later incarnation has reported
     */
    public WorkReply report(WorkReport report, String host, long now) throws CoordinatorRefusedException {
        ReplicaWork replica = heard(report.replica(), report.incarnation(), now);
        replica.host = host;
        boolean anew = report.sequence() > replica.sequence;
        if (batch == null || report.sequence() < replica.sequence) {
            // Nobody waits for the answer to a report that a later one has overtaken.
            replica.sequence = Math.max(replica.sequence, report.sequence());
            return new WorkReply(
                    Optional.ofNullable(batch).map(b -> b.order),
                    false,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
        }
        replica.sequence = report.sequence();
        replica.reportedAt = now;
        nudged.remove(report.replica());
        return new Answer(batch, vectors, replica, about(batch.order, report), anew, now).answer();
    }

    private static WorkReport about(BatchOrder order, WorkReport report) {
        if (report.batch().equals(Optional.of(order.id()))) {
            return report;
        }
        return new WorkReport(
                report.replica(),
                report.incarnation(),
                report.sequence(),
                Optional.of(order.id()),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false,
                report.room());
    }

    /**
     * A sign of life.
     *
     * @return whether the replica should report: what it computes is not wanted any more, it should push, or say
     *     whether a push is through
     * @throws CoordinatorRefusedException where a later incarnation has reported
     */
    public boolean beat(Beat beat, long now) throws CoordinatorRefusedException {
        ReplicaWork replica = heard(beat.replica(), beat.incarnation(), now);
        if (batch == null || !beat.batch().equals(Optional.of(batch.order.id()))) {
            return batch != null || beat.batch().isPresent();
        }
        if (beat.working().isEmpty()) {
            return false;
        }
        Portion working = batch.find(beat.working().get());
        if (batch.failed() || working == null || working.won() || working != replica.computing) {
            return true;
        }
        if (replica.push != null) {
            return now - replica.reportedAt >= PUSH_CHECK_MILLIS;
        }
        return Answer.mayPush(batch, vectors, replica.bundle) && nudge(replica.replica, now);
    }

    /** Whether there is a vector for this one, besides those that have been asked already. */
    private boolean nudge(int replica, long now) {
        nudged.values().removeIf(asked -> now - asked > NUDGE_MILLIS);
        if (!nudged.containsKey(replica)) {
            if (nudged.size() >= vectors.spare()) {
                return false;
            }
            nudged.put(replica, now);
        }
        return true;
    }

    private ReplicaWork heard(int number, long incarnation, long now) throws CoordinatorRefusedException {
        ReplicaWork replica = replicas.computeIfAbsent(number, n -> new ReplicaWork(n, incarnation));
        if (incarnation < replica.incarnation) {
            throw new CoordinatorRefusedException("replica " + number + " of incarnation " + incarnation
                    + " has been replaced by incarnation " + replica.incarnation);
        }
        if (incarnation > replica.incarnation) {
            lost(number);
            replica.incarnation = incarnation;
            replica.sequence = Long.MIN_VALUE;
        }
        replica.lost = false;
        replica.heardAt = now;
        return replica;
    }

    /**
     * A replica is lost: all it has that is not won is free again, also what it has pushed and not reported. Should it
     * report again, it is welcome.
     */
    public void lost(int replica) {
        ReplicaWork work = replicas.get(replica);
        if (work == null) {
            return;
        }
        if (batch != null) {
            batch.lost(work);
        }
        work.lost = true;
        nudged.remove(replica);
    }

    /** Replicas that have something and were last heard before then. */
    public List<Integer> silentSince(long then) {
        return replicas.values().stream()
                .filter(work -> !work.lost && !work.holdsNothing() && work.heardAt < then)
                .map(work -> work.replica)
                .toList();
    }

    /**
     * What the shards are to do next with the push vectors: make the first ones, add up those that are ready, replace
     * those that were used. Empty where nothing is to be done, and while one is under way.
     */
    public Optional<Commit> nextCommit() {
        return batch == null ? vectors.commit(List.of(), false, false) : batch.nextCommit();
    }

    /** Whether there may be a {@link #nextCommit}. */
    public boolean hasCommit() {
        return !vectors.isUnderWay() && (vectors.wantsCommit() || (batch != null && batch.hasReady()));
    }

    /**
     * All shards have run it.
     *
     * @throws IllegalStateException where another one is under way, or none
     */
    public void committed(Commit commit) {
        vectors.committed(commit);
        if (batch != null) {
            batch.committed();
        }
    }

    /** Whether the shards are at a commit: a batch neither begins nor ends meanwhile. */
    public boolean commitUnderWay() {
        return vectors.isUnderWay();
    }

    /** Whether the evaluation is complete, and its gradient; or its loss is not finite. False where there is none. */
    public boolean done() {
        return batch != null && batch.done();
    }

    /** The sum of the examples' losses once it is {@link #done}, added up in the order of the portions. */
    public double lossSum() {
        return batch == null ? 0 : batch.lossSum();
    }

    /** Examples of the portions that are won. */
    public long examples() {
        return batch == null ? 0 : batch.examples();
    }

    /** Portions of the evaluation under way that are in the gradient. */
    public int portionsCounted() {
        return batch == null ? 0 : batch.counted();
    }

    /** Portions of the evaluation under way. */
    public int portions() {
        return batch == null ? 0 : batch.portions();
    }

    /** How the work of the evaluation under way went. */
    public BatchTally tally() {
        return batch == null ? BatchTally.NONE : batch.tally();
    }

    /**
     * So many milliseconds later a replica that had nothing to do may get a copy of a portion that is late, though
     * nothing changes meanwhile; {@link Long#MAX_VALUE} where none is outstanding.
     */
    public long millisUntilCopies(long now) {
        return batch == null || !rules.backupCopies() ? Long.MAX_VALUE : batch.millisUntilLate(now);
    }

    /** A number that ascends whenever a replica that had nothing to do may have something now. */
    public long changes() {
        return changes + (batch == null ? 0 : batch.changes);
    }
}
