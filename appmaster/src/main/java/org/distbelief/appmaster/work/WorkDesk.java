package org.distbelief.appmaster.work;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.distbelief.appmaster.ledger.GrantedLease;
import org.distbelief.appmaster.ledger.LedgerPosition;
import org.distbelief.appmaster.ledger.PortionLedger;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.jspecify.annotations.Nullable;

/**
 * Where model replicas report and get their work. State-based, so that a lost or repeated message does no harm: a lease
 * counts once, and a replica that doesn't list a lease it was given is given it again. Safe for several threads.
 */
public final class WorkDesk {
    private static final long RETRY_MILLIS = 200;

    /** What replicas are to do now. */
    private enum Stage {
        WAIT,
        TRAIN,
        SETTLE,
        EVALUATE,
        FINISH
    }

    private final @Nullable PortionLedger training;
    private final @Nullable SandblasterDesk sandblaster;
    private final @Nullable PortionLedger evaluation;
    private final WarmStart warmStart;
    private final LongSupplier clock;
    /** Examples of an earlier run, which the warm start needs not see again. */
    private final long trainedBefore;

    private final Map<Integer, ReplicaTally> replicas = new TreeMap<>();
    private Stage stage = Stage.WAIT;
    private ScoreSum scores = ScoreSum.NONE;

    /**
     * For Downpour, or an evaluation alone.
     *
     * @param training portions to train on; null if there is no training
     * @param evaluation portions to score; null if there is no evaluation
     * @param clock milliseconds since 1970
     */
    public WorkDesk(
            @Nullable PortionLedger training,
            @Nullable PortionLedger evaluation,
            WarmStart warmStart,
            LongSupplier clock) {
        this(training, null, evaluation, warmStart, clock);
    }

    /**
     * For Sandblaster, whose coordinator gives the replicas their portions.
     *
     * @param sandblaster where the coordinators report
     * @param evaluation portions to score; null if there is no evaluation
     * @param clock milliseconds since 1970
     */
    public WorkDesk(SandblasterDesk sandblaster, @Nullable PortionLedger evaluation, LongSupplier clock) {
        this(null, sandblaster, evaluation, new WarmStart(0), clock);
    }

    private WorkDesk(
            @Nullable PortionLedger training,
            @Nullable SandblasterDesk sandblaster,
            @Nullable PortionLedger evaluation,
            WarmStart warmStart,
            LongSupplier clock) {
        this.training = training;
        this.sandblaster = sandblaster;
        this.evaluation = evaluation;
        this.warmStart = warmStart;
        this.clock = clock;
        this.trainedBefore = training == null ? 0 : training.examplesCompleted();
    }

    /**
     * A replica was started, with all of its partitions: from now on only this incarnation is listened to.
     *
     * @param host node of its partition 0, which reads the data and reports for all
     */
    public synchronized void started(int replica, long incarnation, String host) {
        ReplicaTally old = replicas.get(replica);
        replicas.put(
                replica, new ReplicaTally(host, incarnation, old == null ? ReplicaTally.Totals.NONE : old.totals()));
        if (sandblaster != null) {
            sandblaster.replicaStarted(new ReplicaPlace(replica, incarnation, host));
        }
    }

    /**
     * A replica was lost: its leases return.
     *
     * @return how many
     */
    public synchronized int lost(int replica) {
        ReplicaTally old = replicas.get(replica);
        if (old != null) {
            replicas.put(replica, new ReplicaTally("", Long.MAX_VALUE, old.totals()));
        }
        if (sandblaster != null) {
            sandblaster.replicaLost(replica);
        }
        return (training == null ? 0 : training.takeBack(replica))
                + (evaluation == null ? 0 : evaluation.takeBack(replica));
    }

    /** A coordinator was started: from now on only this start of it is listened to. */
    public synchronized void coordinatorStarted(int coordinator, long start) {
        if (sandblaster != null) {
            sandblaster.started(coordinator, start);
        }
    }

    /**
     * A coordinator was lost.
     *
     * @return what becomes of its work, for people
     */
    public synchronized String coordinatorLost(int coordinator) {
        return sandblaster == null ? "" : sandblaster.lost(coordinator);
    }

    /** The parameters went back to a checkpoint: what was done since then is to be done again. */
    public synchronized void goBack(TrainingPosition position) {
        if (training != null && position instanceof LedgerPosition ledger) {
            training.restore(ledger);
        } else if (sandblaster != null && position instanceof SandblasterPosition come) {
            sandblaster.goBack(come);
        } else {
            throw new IllegalArgumentException("expected a position of this job's optimiser, found " + position);
        }
    }

    /** All shards serve: whoever waits for that may go on. */
    public synchronized void shardsServe() {
        if (sandblaster != null && stage == Stage.TRAIN) {
            sandblaster.lead();
        }
    }

    /** Lets the replicas train. */
    public synchronized void train() {
        stage = Stage.TRAIN;
    }

    /** No more training; replicas wait for what comes next. */
    public synchronized void settle() {
        stage = Stage.SETTLE;
    }

    /** Lets the replicas score the held-out data. */
    public synchronized void evaluate() {
        stage = Stage.EVALUATE;
    }

    /** Sends the replicas home. */
    public synchronized void finish() {
        stage = Stage.FINISH;
        if (sandblaster != null) {
            sandblaster.finish();
        }
    }

    /** Whether every portion of every epoch is complete. */
    public synchronized boolean trainingDone() {
        return sandblaster != null ? sandblaster.done() : training == null || training.done();
    }

    /** Whether every held-out portion is scored. */
    public synchronized boolean evaluationDone() {
        return evaluation == null || evaluation.done();
    }

    /** The scores so far. */
    public synchronized ScoreSum scores() {
        return scores;
    }

    /** How far training is; empty if there is none. */
    public synchronized Optional<TrainingPosition> position() {
        return sandblaster != null
                ? Optional.of(sandblaster.position())
                : Optional.ofNullable(training).map(PortionLedger::position);
    }

    /**
     * How far training is at least in what the shards hold from now until {@link #checkpointEnded}; empty while that
     * can't be said: then the optimiser has been told to come to a point where it can, and it is to be asked again.
     */
    public synchronized Optional<TrainingPosition> checkpointPosition() {
        return sandblaster != null ? sandblaster.hold().map(TrainingPosition.class::cast) : position();
    }

    /** A checkpoint was taken, or could not be. */
    public synchronized void checkpointEnded() {
        if (sandblaster != null) {
            sandblaster.release();
        }
    }

    /**
     * Takes a report and answers with what to do.
     *
     * @throws MasterException if the report comes from an incarnation that was given up
     */
    public synchronized Reply exchange(Report report) throws MasterException {
        ReplicaTally tally = replicas.get(report.replica());
        if (tally == null || tally.incarnation() != report.incarnation()) {
            throw MasterException.refused(
                    "replica " + report.replica() + " incarnation " + report.incarnation()
                            + " was given up and replaced; it must end",
                    new IllegalStateException(
                            "expected incarnation " + (tally == null ? "none" : tally.incarnation())));
        }
        tally.report(report.progress(), clock.getAsLong());
        if (training != null) {
            for (Completed done : report.completed()) {
                training.complete(done.lease(), report.replica());
            }
        }
        if (evaluation != null) {
            for (Scored scored : report.scored()) {
                if (evaluation.complete(scored.lease(), report.replica())) {
                    scores = scores.plus(scored);
                }
            }
        }
        return switch (stage) {
            case WAIT -> new Reply(Phase.TRAIN, List.of(), RETRY_MILLIS, false);
            case TRAIN ->
                sandblaster != null
                        ? new Reply(Phase.TRAIN, List.of(), RETRY_MILLIS, false)
                        : lease(report, tally, training, Phase.TRAIN, Kind.TRAIN);
            case SETTLE -> new Reply(Phase.TRAIN, List.of(), RETRY_MILLIS, true);
            case EVALUATE -> lease(report, tally, evaluation, Phase.EVALUATE, Kind.EVALUATE);
            case FINISH -> new Reply(Phase.FINISH, List.of(), RETRY_MILLIS, true);
        };
    }

    private Reply lease(Report report, ReplicaTally tally, @Nullable PortionLedger ledger, Phase phase, Kind kind) {
        if (ledger == null) {
            return new Reply(phase, List.of(), RETRY_MILLIS, true);
        }
        boolean warming = kind == Kind.TRAIN
                && !warmStart.mayWork(report.replica(), runningReplicas(), trainedBefore + examplesTrained());
        Set<Long> known = new HashSet<>(report.held());
        List<Lease> given = new ArrayList<>();
        for (GrantedLease held : ledger.leasesOf(report.replica())) {
            if (!known.contains(held.id())) {
                given.add(lease(held, kind));
            }
        }
        boolean nothingFree = false;
        while (!warming && given.size() < report.wanted()) {
            Optional<GrantedLease> next = ledger.lease(report.replica(), tally.host());
            if (next.isEmpty()) {
                nothingFree = true;
                break;
            }
            given.add(lease(next.get(), kind));
        }
        return new Reply(phase, given, RETRY_MILLIS, nothingFree);
    }

    private static Lease lease(GrantedLease granted, Kind kind) {
        return new Lease(granted.id(), granted.epoch(), granted.portion(), kind);
    }

    private Set<Integer> runningReplicas() {
        Set<Integer> running = new HashSet<>();
        replicas.forEach((index, tally) -> {
            if (tally.incarnation() != Long.MAX_VALUE) {
                running.add(index);
            }
        });
        return running;
    }

    private long examplesTrained() {
        return replicas.values().stream().mapToLong(r -> r.totals().examples()).sum();
    }

    /** Everything that a snapshot shows of the work. */
    public synchronized WorkView view() {
        return WorkView.of(
                training,
                evaluation,
                replicas,
                warmStart.underWay(trainedBefore + examplesTrained()),
                sandblaster == null ? null : sandblaster.view());
    }
}
