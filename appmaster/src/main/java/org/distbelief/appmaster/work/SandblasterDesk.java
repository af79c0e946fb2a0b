package org.distbelief.appmaster.work;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.status.SandblasterWork;
import org.distbelief.appmaster.status.SandblasterWork.BatchWork;
import org.distbelief.appmaster.status.SnapshotJson;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReply.Order;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Standing;
import org.jspecify.annotations.Nullable;

/**
 * Where Sandblaster's coordinators report. ZooKeeper elects the one that leads; here it is given a term, higher than
 * all before, and what the job has come to. From then on only that term's words count: what it reports to have come to
 * after an iteration is the job's position, from which a successor goes on. Safe for several threads.
 */
public final class SandblasterDesk {
    private final Map<Integer, Long> coordinators = new HashMap<>();
    private final Map<Integer, ReplicaPlace> replicas = new TreeMap<>();
    private final IterationCurve iterations = new IterationCurve();
    private final SnapshotJson json = new SnapshotJson();
    private final int most;
    private final LongSupplier clock;
    private @Nullable Standing standing;
    private Stage stage = Stage.WAIT;
    private long term;
    private int leader = -1;
    private boolean heldUp;
    private boolean held;
    private @Nullable String ended;
    private @Nullable BatchWork figures;
    private int leaders;

    /** What coordinators are to do now. */
    private enum Stage {
        WAIT,
        LEAD,
        FINISH
    }

    /**
     * A desk at which nobody has reported.
     *
     * @param start where to begin
     * @param iterations how many there are to be at most
     * @param lastTerm the last term that an earlier attempt of the master may have given
     * @param clock milliseconds since 1970
     */
    public SandblasterDesk(SandblasterPosition start, int iterations, long lastTerm, LongSupplier clock) {
        this.standing = start.standing();
        this.most = iterations;
        this.term = lastTerm;
        this.clock = clock;
    }

    /** A coordinator was started: only this start of it is listened to. */
    public synchronized void started(int coordinator, long start) {
        coordinators.put(coordinator, start);
    }

    /**
     * A coordinator was lost.
     *
     * @return what becomes of its work, for people
     */
    public synchronized String lost(int coordinator) {
        coordinators.remove(coordinator);
        if (leader != coordinator) {
            return "it did not lead";
        }
        noLeader();
        return "it led: another goes on "
                + (standing == null ? "from the start" : "from iteration " + standing.iteration());
    }

    private void noLeader() {
        leader = -1;
        held = false;
    }

    synchronized void replicaStarted(ReplicaPlace place) {
        replicas.put(place.replica(), place);
    }

    synchronized void replicaLost(int replica) {
        replicas.remove(replica);
    }

    /** Lets a coordinator lead. */
    synchronized void lead() {
        stage = stage == Stage.FINISH ? stage : Stage.LEAD;
    }

    /** Sends the coordinators home. */
    synchronized void finish() {
        stage = Stage.FINISH;
    }

    /**
     * The shards are not there, or not what they were: who leads has to begin anew, when the shards serve.
     *
     * @param position what the shards hold, or will
     */
    synchronized void goBack(SandblasterPosition position) {
        standing = position.standing();
        ended = null;
        stage = stage == Stage.FINISH ? stage : Stage.WAIT;
        term++;
        noLeader();
        iterations.backTo(standing == null ? -1 : standing.iteration());
    }

    /**
     * Has the leader wait after its iteration.
     *
     * @return what the shards hold, once it waits with its point in {@code parameters}, and until {@link #release}
     */
    synchronized Optional<SandblasterPosition> hold() {
        heldUp = true;
        return held && standing != null && standing.settled()
                ? Optional.of(new SandblasterPosition(standing))
                : Optional.empty();
    }

    /** Lets the leader go on. */
    synchronized void release() {
        heldUp = false;
        held = false;
    }

    synchronized boolean done() {
        return ended != null;
    }

    /** What the job has come to. */
    public synchronized SandblasterPosition position() {
        return new SandblasterPosition(standing);
    }

    /**
     * Takes a coordinator's report and answers it.
     *
     * @throws MasterException if it comes from a start that was given up
     */
    public synchronized CoordinatorReply coordinate(CoordinatorReport report) throws MasterException {
        if (!Long.valueOf(report.start()).equals(coordinators.get(report.coordinator()))) {
            throw MasterException.refused(
                    "coordinator " + report.coordinator() + ", start " + report.start()
                            + ", was given up and replaced; it must end",
                    new IllegalStateException("expected start " + coordinators.get(report.coordinator())));
        }
        if (stage == Stage.FINISH) {
            return reply(Order.FINISH, 0);
        }
        boolean given = report.coordinator() == leader;
        boolean leads = given && report.leads() && report.term() == term;
        if (leads) {
            take(report);
        }
        if (!report.elected() || stage == Stage.WAIT) {
            if (given) {
                noLeader();
            }
            return reply(Order.STAND_BY, 0);
        }
        boolean unheard = given && report.term() < term;
        if (!leads && !unheard) {
            term++;
            noLeader();
            leader = report.coordinator();
            leaders++;
        }
        return reply(heldUp || ended != null ? Order.HOLD : Order.LEAD, term);
    }

    private void take(CoordinatorReport report) {
        report.standing().filter(this::notOvertaken).ifPresent(come -> {
            standing = come;
            iterations.offer(come, clock.getAsLong());
        });
        held = heldUp && report.held();
        if (standing != null && standing.settled()) {
            report.ended().ifPresent(reason -> ended = reason);
        }
        if (!report.figures().isEmpty()) {
            figures = json.readBatch(report.figures()).orElse(figures);
        }
    }

    /** A report may come after a later one of the same term. */
    private boolean notOvertaken(Standing come) {
        return standing == null || come.iteration() >= standing.iteration();
    }

    private CoordinatorReply reply(Order order, long inTerm) {
        return new CoordinatorReply(order, inTerm, Optional.ofNullable(standing), List.copyOf(replicas.values()));
    }

    /** What there is to show. */
    public synchronized SandblasterWork view() {
        return new SandblasterWork(
                standing == null ? 0 : standing.iteration(),
                most,
                standing == null ? null : standing.loss(),
                standing == null ? null : standing.gradientNorm(),
                standing == null ? 0 : standing.examples(),
                leader < 0 ? null : leader,
                term,
                leaders,
                ended,
                figures,
                iterations.points());
    }
}
