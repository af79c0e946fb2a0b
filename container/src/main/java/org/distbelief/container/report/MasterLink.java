package org.distbelief.container.report;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.distbelief.conf.Sizes;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the master from a thread of its own, at least every second, also while the replica computes; sooner when
 * there is news. A master that does not answer is tried again until it was silent for too long.
 */
public final class MasterLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterLink.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Master master;
    private final ProgressMeter meter;
    private final IntSupplier wanted;
    private final Orders orders;
    private final Duration silence;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final LeaseBook book;
    private boolean awake;
    private boolean closed;
    private final Thread thread;

    /**
     * @param master the conversation; closed with the link
     * @param book the replica's leases; nobody else's from now on
     * @param meter what the replica has done
     * @param wanted how many more portions the replica could use now
     * @param orders does what the master says
     * @param silence how long the master may be silent
     * @param nanoTime the time, as {@link System#nanoTime}
     */
    public MasterLink(
            Master master,
            LeaseBook book,
            ProgressMeter meter,
            IntSupplier wanted,
            Orders orders,
            Duration silence,
            LongSupplier nanoTime) {
        this.master = master;
        this.book = book;
        this.meter = meter;
        this.wanted = wanted;
        this.orders = orders;
        this.silence = silence;
        this.nanoTime = nanoTime;
        this.thread = new Thread(this::talk, "master-link");
        thread.setDaemon(true);
    }

    /** Starts to report. */
    public void start() {
        thread.start();
    }

    /** Tells the master that a training portion is done. */
    public void complete(Completed done) {
        lock.lock();
        try {
            book.complete(done);
            meter.completed(done.examples());
            wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the master that an evaluation portion is done. */
    public void score(Scored done) {
        lock.lock();
        try {
            book.score(done);
            wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Reports soon: there is something that the master should know. */
    public void wake() {
        lock.lock();
        try {
            wakeLocked();
        } finally {
            lock.unlock();
        }
    }

    private void wakeLocked() {
        awake = true;
        news.signalAll();
    }

    private void talk() {
        long lastReply = nanoTime.getAsLong();
        long retry = FIRST_RETRY.toMillis();
        try {
            while (!isClosed()) {
                try {
                    Reply reply = exchange();
                    lastReply = nanoTime.getAsLong();
                    retry = FIRST_RETRY.toMillis();
                    pause(Math.min(LONGEST_PAUSE.toMillis(), reply.retryAfterMillis()));
                } catch (MasterException e) {
                    if (e.refused()) {
                        orders.lost(new LostMasterException(e.getMessage() + "", e));
                        return;
                    }
                    if (nanoTime.getAsLong() - lastReply > silence.toNanos()) {
                        orders.lost(new LostMasterException(
                                "the ApplicationMaster was silent for more than " + Sizes.text(silence) + ": "
                                        + e.getMessage(),
                                e));
                        return;
                    }
                    LOG.info("{}; trying again", e.getMessage());
                    pause(retry);
                    retry = Math.min(2 * retry, LONGEST_PAUSE.toMillis());
                }
            }
        } catch (InterruptedException e) {
            if (!isClosed()) {
                orders.lost(new LostMasterException("reporting to the ApplicationMaster was interrupted", e));
            }
        } catch (RuntimeException | Error e) {
            orders.lost(new LostMasterException("reporting to the ApplicationMaster failed: " + e, e));
        }
    }

    private Reply exchange() throws MasterException, InterruptedException {
        Report report;
        lock.lock();
        try {
            awake = false;
            report = book.report(wanted.getAsInt(), meter.progress());
        } finally {
            lock.unlock();
        }
        Reply reply = master.exchange(report);
        lock.lock();
        try {
            // Under the lock, so that a lease that is done soon is known to be held.
            List<Lease> fresh = book.accept(report, reply);
            orders.take(reply.phase(), fresh, reply.drain());
            // What was granted may not be all that is wanted.
            awake |= !fresh.isEmpty();
        } finally {
            lock.unlock();
        }
        return reply;
    }

    /** Waits until the next report is due or there is news, but not for too short a time. */
    private void pause(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long shortest = Math.min(TimeUnit.MILLISECONDS.toNanos(millis), SHORTEST_PAUSE.toNanos());
            long rest = TimeUnit.MILLISECONDS.toNanos(millis) - shortest;
            while (!closed && shortest > 0) {
                shortest = news.awaitNanos(shortest);
            }
            while (!closed && !awake && rest > 0) {
                rest = news.awaitNanos(rest);
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
            news.signalAll();
        } finally {
            lock.unlock();
        }
        master.close();
        thread.interrupt();
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
