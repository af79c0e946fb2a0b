package org.distbelief.appmaster.sandblaster;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.distbelief.appmaster.status.SandblasterWork.BatchWork;
import org.distbelief.appmaster.status.SandblasterWork.ReplicaPortions;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.NotLeadingException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/**
 * Has the replicas compute the loss and gradient of batches. One thread leads and evaluates; any number report, and
 * wait here for something to do.
 */
public final class Evaluations implements CoordinatorHandler {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    /** A replica that has something and is silent for so long loses it; should it come back, it is welcome. */
    private static final long SILENCE_MILLIS = 10_000;

    private static final int REPLICAS_TOLD_A_MILLISECOND = 50;

    private final BoardRules rules;
    private final LongSupplier millis;
    private final ReentrantLock lock = new ReentrantLock();
    /** The leader's: something was reported. */
    private final Condition reported = lock.newCondition();
    /** The replicas': there may be something to do. */
    private final Condition work = lock.newCondition();

    private final Map<Integer, ReplicaPlace> places = new HashMap<>();
    private @Nullable BatchBoard board;
    private @Nullable DeferringAlgebra algebra;
    private long term;
    private long batches;
    private long seen;
    /** When the leader last looked for replicas that are silent. */
    private long lookedAt;
    /** When the replicas were told of changes last, and whether there have been others since. */
    private long toldAt;

    private boolean owed;
    private BatchTally before = BatchTally.NONE;
    private double examplesPerSecond;

    /** @param millis a clock that does not go back */
    public Evaluations(BoardRules rules, LongSupplier millis) {
        this.rules = rules;
        this.millis = millis;
    }

    /** Begins a term: what replicas have of earlier ones is void. */
    void lead(long newTerm, DeferringAlgebra vectors) {
        lock.lock();
        try {
            term = newTerm;
            batches = 0;
            algebra = vectors;
            board = new BatchBoard(newTerm, rules);
            before = BatchTally.NONE;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the term: replicas are told to look for another coordinator. */
    void resign() {
        lock.lock();
        try {
            board = null;
            algebra = null;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Who is there, by the master; what others have is free again. */
    public void replicas(List<ReplicaPlace> there) {
        lock.lock();
        try {
            Map<Integer, ReplicaPlace> now = new HashMap<>();
            there.forEach(place -> now.put(place.replica(), place));
            if (now.equals(places)) {
                return;
            }
            BatchBoard current = board;
            if (current != null) {
                places.forEach((replica, place) -> {
                    ReplicaPlace other = now.get(replica);
                    if (other == null || other.incarnation() != place.incarnation()) {
                        current.lost(replica);
                    }
                });
            }
            places.clear();
            places.putAll(now);
            reported.signal();
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Computes a batch; for the thread that leads.
     *
     * @param gradient overwritten with the mean gradient of the examples; complete with the next program of the term
     * @param noise see {@link BatchOrder}
     * @return the mean loss; not finite where it can't be computed at that point
     */
    Evaluation evaluate(List<BatchPortion> portions, VectorName point, VectorName gradient, long noise)
            throws IOException, ShardException, InterruptedException {
        DeferringAlgebra vectors = leadersAlgebra();
        vectors.flush();
        long examples = portions.stream().mapToLong(BatchPortion::examples).sum();
        long start = millis.getAsLong();
        begin(portions, point, noise);
        Optional<Commit> commit = nextCommit();
        while (commit.isPresent()) {
            ShardProgram program = commit.get().program(gradient, 1.0 / examples);
            if (commit.get().last()) {
                vectors.defer(program);
            } else {
                vectors.run(program);
            }
            committed(commit.get());
            commit = nextCommit();
        }
        Evaluation sum = end(millis.getAsLong() - start);
        if (!Double.isFinite(sum.loss())) {
            return sum;
        }
        if (sum.examples() != examples) {
            throw new IllegalStateException("expected loss and gradient of the " + examples + " examples of batch "
                    + batches + " of term " + term + ", found those of " + sum.examples());
        }
        return new Evaluation(sum.loss() / examples, examples);
    }

    /**
     * What a batch came to.
     *
     * @param loss the mean loss
     * @param examples how many
     */
    record Evaluation(double loss, long examples) {}

    private DeferringAlgebra leadersAlgebra() {
        lock.lock();
        try {
            DeferringAlgebra vectors = algebra;
            if (vectors == null) {
                throw new IllegalStateException("expected a term");
            }
            return vectors;
        } finally {
            lock.unlock();
        }
    }

    private BatchBoard leadersBoard() {
        BatchBoard current = board;
        if (current == null) {
            throw new IllegalStateException("expected a term");
        }
        return current;
    }

    private void begin(List<BatchPortion> portions, VectorName point, long noise) {
        lock.lock();
        try {
            leadersBoard().begin(new BatchOrder(new BatchId(term, ++batches), point, noise), portions);
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the shards are to do something, or the batch is done: then it is empty. */
    private Optional<Commit> nextCommit() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            BatchBoard current = leadersBoard();
            while (true) {
                if (current.done()) {
                    return Optional.empty();
                }
                Optional<Commit> commit = current.nextCommit();
                if (commit.isPresent()) {
                    return commit;
                }
                long wait = owed ? pauseMillis() : LONGEST_WAIT.toMillis();
                boolean quiet = !reported.await(wait, TimeUnit.MILLISECONDS);
                if (quiet || millis.getAsLong() - lookedAt >= LONGEST_WAIT.toMillis()) {
                    lookedAt = millis.getAsLong();
                    current.silentSince(lookedAt - SILENCE_MILLIS).forEach(current::lost);
                    tellChanges(current);
                }
                if (owed && millis.getAsLong() - toldAt >= pauseMillis()) {
                    tellReplicas();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void committed(Commit commit) {
        lock.lock();
        try {
            BatchBoard current = leadersBoard();
            current.committed(commit);
            tellChanges(current);
        } finally {
            lock.unlock();
        }
    }

    private Evaluation end(long tookMillis) {
        lock.lock();
        try {
            BatchBoard current = leadersBoard();
            Evaluation sum = new Evaluation(current.lossSum(), current.examples());
            before = before.plus(current.tally());
            examplesPerSecond = 1000.0 * sum.examples() / Math.max(1, tookMillis);
            current.end();
            work.signalAll();
            return sum;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public WorkReply report(WorkReport report)
            throws InterruptedException, CoordinatorRefusedException, NotLeadingException {
        lock.lockInterruptibly();
        try {
            long left = LONGEST_WAIT.toNanos();
            while (true) {
                BatchBoard current = board;
                if (current == null) {
                    throw new NotLeadingException("this coordinator does not lead");
                }
                ReplicaPlace place = places.get(report.replica());
                requireNotReplaced(report.replica(), report.incarnation(), place);
                long changes;
                long now = millis.getAsLong();
                if (place != null && place.incarnation() == report.incarnation()) {
                    WorkReply reply = current.report(report, place.host(), now);
                    tellChanges(current);
                    if (left <= 0 || isNews(reply, report)) {
                        return reply;
                    }
                    changes = current.changes();
                } else if (left <= 0) {
                    // The master has yet to tell of it.
                    return new WorkReply(Optional.empty(), false, false, Optional.empty(), Optional.empty(), List.of());
                } else {
                    changes = -1;
                }
                // 0 where a portion is late already, and yet there was no copy of it for this replica.
                long late = current.millisUntilCopies(now);
                long most = late == 0 ? left : Math.min(left, TimeUnit.MILLISECONDS.toNanos(late));
                long rest = most;
                while (rest > 0 && board == current && (changes < 0 || current.changes() == changes)) {
                    rest = work.awaitNanos(rest);
                    if (changes < 0) {
                        break;
                    }
                }
                left -= most - rest;
            }
        } finally {
            lock.unlock();
        }
    }

    private static boolean isNews(WorkReply reply, WorkReport report) {
        boolean other = reply.batch().isPresent()
                && !reply.batch().get().id().equals(report.batch().orElse(null));
        return other
                || report.done().isPresent()
                || report.working().isPresent()
                || report.pushing().isPresent()
                || reply.drop()
                || reply.push().isPresent()
                || reply.compute().isPresent();
    }

    private static void requireNotReplaced(int replica, long incarnation, @Nullable ReplicaPlace place)
            throws CoordinatorRefusedException {
        if (place != null && incarnation < place.incarnation()) {
            throw new CoordinatorRefusedException("replica " + replica + ", incarnation " + incarnation
                    + ", was given up and replaced by incarnation " + place.incarnation() + "; it must end");
        }
    }

    @Override
    public boolean beat(Beat beat) throws CoordinatorRefusedException, NotLeadingException {
        lock.lock();
        try {
            BatchBoard current = board;
            if (current == null) {
                throw new NotLeadingException("this coordinator does not lead");
            }
            ReplicaPlace place = places.get(beat.replica());
            requireNotReplaced(beat.replica(), beat.incarnation(), place);
            if (place == null || place.incarnation() != beat.incarnation()) {
                return false;
            }
            boolean wanted = current.beat(beat, millis.getAsLong());
            tellChanges(current);
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    private void tellChanges(BatchBoard current) {
        if (current.changes() == seen) {
            return;
        }
        seen = current.changes();
        boolean tell = millis.getAsLong() - toldAt >= pauseMillis();
        if (tell) {
            tellReplicas();
        } else {
            owed = true;
        }
        if (!tell || current.done() || current.hasCommit()) {
            reported.signal();
        }
    }

    /** Many replicas are not told of every change: each that is told looks through its work anew. */
    private long pauseMillis() {
        return places.size() / REPLICAS_TOLD_A_MILLISECOND;
    }

    private void tellReplicas() {
        owed = false;
        toldAt = millis.getAsLong();
        work.signalAll();
    }

    /** What there is to tell of the term so far; nothing to speak of where none is led. */
    public BatchWork figures() {
        lock.lock();
        try {
            BatchBoard current = board;
            TermAlgebra vectors = algebra;
            BatchTally all = current == null ? before : before.plus(current.tally());
            return new BatchWork(
                    current == null ? 0 : current.portions(),
                    current == null ? 0 : current.portionsCounted(),
                    examplesPerSecond,
                    batches,
                    all.backupsStarted(),
                    all.backupsWon(),
                    all.resultsDropped(),
                    all.portionsRedone(),
                    vectors == null ? 0 : vectors.bytesSent(),
                    vectors == null ? 0 : vectors.bytesReceived(),
                    all.portions().entrySet().stream()
                            .map(entry -> new ReplicaPortions(
                                    entry.getKey(), entry.getValue().longValue()))
                            .toList());
        } finally {
            lock.unlock();
        }
    }
}
