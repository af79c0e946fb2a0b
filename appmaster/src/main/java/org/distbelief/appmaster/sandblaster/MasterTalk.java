package org.distbelief.appmaster.sandblaster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.distbelief.conf.Sizes;
import org.distbelief.container.master.CoordinatorMaster;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReply.Order;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Standing;
import org.distbelief.container.report.LostMasterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator's conversation with the master: a thread reports a few times a second, and the thread that leads says
 * at once what it has come to. For any number of threads.
 */
public final class MasterTalk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterTalk.class);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final CoordinatorMaster master;
    private final int coordinator;
    private final long start;
    private final BooleanSupplier elected;
    private final Supplier<String> figures;
    private final Consumer<CoordinatorReply> listener;
    private final Duration silence;
    private final LongSupplier nanoTime;
    private final Thread thread;

    /** Held during a report: they reach the master in their order. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Mine mine = Mine.NOTHING;
    private @Nullable CoordinatorReply latest;
    private @Nullable LostMasterException lost;
    private @Nullable Thread leading;
    /** Whether the leader was interrupted from here. */
    private boolean deposed;

    private boolean closed;
    private long lastReply;
    private long replies;

    private record Mine(boolean leads, long term, Optional<Standing> standing, boolean held, Optional<String> ended) {
        static final Mine NOTHING = new Mine(false, 0, Optional.empty(), false, Optional.empty());
    }

    /**
     * @param master the conversation; closed with this
     * @param elected whether ZooKeeper has elected this coordinator
     * @param figures what it does, for people
     * @param listener hears every reply; returns at once
     * @param silence how long the master may be silent
     * @param nanoTime the time, as {@link System#nanoTime}
     */
    public MasterTalk(
            CoordinatorMaster master,
            int coordinator,
            long start,
            BooleanSupplier elected,
            Supplier<String> figures,
            Consumer<CoordinatorReply> listener,
            Duration silence,
            LongSupplier nanoTime) {
        this.master = master;
        this.coordinator = coordinator;
        this.start = start;
        this.elected = elected;
        this.figures = figures;
        this.listener = listener;
        this.silence = silence;
        this.nanoTime = nanoTime;
        this.lastReply = nanoTime.getAsLong();
        this.thread = new Thread(this::talk, "master-talk");
        thread.setDaemon(true);
    }

    /** Starts to report. */
    public void start() {
        thread.start();
    }

    /**
     * The thread that calls this leads from now on, and is interrupted when the master does not want its term any more.
     */
    void lead(long term) {
        lock.lock();
        try {
            mine = new Mine(true, term, Optional.empty(), false, Optional.empty());
            leading = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /**
     * It does not lead any more; an interrupt that was meant for it as the leader is taken back.
     *
     * @return whether there was one
     */
    boolean resign() {
        lock.lock();
        try {
            boolean interrupted = deposed;
            deposed = false;
            mine = new Mine(false, mine.term(), Optional.empty(), false, Optional.empty());
            leading = null;
            latest = null;
            if (interrupted && Thread.interrupted()) {
                LOG.debug("Interrupted while leading");
            }
            return interrupted;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells what has been come to, and returns when the master knows it.
     *
     * @param held whether the leader waits now
     * @param ended why there are no more iterations
     * @throws DeposedException where the master does not want this term any more: another goes on from what it knows
     */
    CoordinatorReply tell(Standing standing, boolean held, Optional<String> ended)
            throws DeposedException, LostMasterException, InterruptedException {
        long term;
        lock.lock();
        try {
            term = mine.term();
            mine = new Mine(true, term, Optional.of(standing), held, ended);
        } finally {
            lock.unlock();
        }
        CoordinatorReply reply = exchange();
        if (reply.term() != term) {
            throw new DeposedException(
                    "term " + term + " is over: the master has answered " + reply.order() + ", term " + reply.term());
        }
        return reply;
    }

    /** Waits for the next reply. */
    CoordinatorReply await() throws LostMasterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long before = replies;
            while (lost == null && (latest == null || replies == before)) {
                changed.await();
            }
            throwIfLost();
            CoordinatorReply found = latest;
            if (found == null) {
                throw new IllegalStateException("expected a reply");
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private void throwIfLost() throws LostMasterException {
        LostMasterException cause = lost;
        if (cause != null) {
            throw new LostMasterException(cause.getMessage() + "", cause);
        }
    }

    private void talk() {
        try {
            while (!isClosed()) {
                exchange();
                pause(PAUSE);
            }
        } catch (LostMasterException e) {
            fail(e);
        } catch (InterruptedException e) {
            if (!isClosed()) {
                fail(new LostMasterException("reporting to the ApplicationMaster was interrupted", e));
            }
        } catch (RuntimeException | Error e) {
            fail(new LostMasterException("reporting to the ApplicationMaster failed: " + e, e));
        }
    }

    private void fail(LostMasterException cause) {
        lock.lock();
        try {
            lost = cause;
            changed.signalAll();
            depose(leading);
        } finally {
            lock.unlock();
        }
    }

    private void depose(@Nullable Thread leader) {
        if (leader != null) {
            deposed = true;
            leader.interrupt();
        }
    }

    private CoordinatorReply exchange() throws LostMasterException, InterruptedException {
        turn.lockInterruptibly();
        try {
            while (true) {
                try {
                    CoordinatorReport report = report();
                    CoordinatorReply reply = master.coordinate(report);
                    heard(report, reply);
                    return reply;
                } catch (MasterException e) {
                    if (e.refused()) {
                        throw new LostMasterException(e.getMessage() + "", e);
                    }
                    if (nanoTime.getAsLong() - lastReply > silence.toNanos()) {
                        throw new LostMasterException(
                                "the ApplicationMaster was silent for more than " + Sizes.text(silence) + ": "
                                        + e.getMessage(),
                                e);
                    }
                    LOG.info("{}; trying again", e.getMessage());
                    pause(RETRY);
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private CoordinatorReport report() {
        lock.lock();
        try {
            return new CoordinatorReport(
                    coordinator,
                    start,
                    elected.getAsBoolean(),
                    mine.leads(),
                    mine.term(),
                    mine.standing(),
                    mine.held(),
                    mine.ended(),
                    mine.leads() ? figures.get() : "");
        } finally {
            lock.unlock();
        }
    }

    private void heard(CoordinatorReport report, CoordinatorReply reply) {
        listener.accept(reply);
        lock.lock();
        try {
            lastReply = nanoTime.getAsLong();
            if (report.term() != mine.term() || report.leads() != mine.leads()) {
                // It is about what this coordinator was before.
                return;
            }
            latest = reply;
            replies++;
            changed.signalAll();
            Thread leader = leading;
            if (reply.term() != mine.term() && leader != Thread.currentThread()) {
                depose(leader);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the last reply wants the leader to wait, or to end. */
    boolean wantsHold() {
        lock.lock();
        try {
            return latest != null && latest.order() == Order.HOLD;
        } finally {
            lock.unlock();
        }
    }

    private void pause(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = time.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the conversation; waits at most 10 s for the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        master.close();
        thread.interrupt();
        try {
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
