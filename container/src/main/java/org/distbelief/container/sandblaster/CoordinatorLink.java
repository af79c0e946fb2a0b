package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.conf.Sizes;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica's conversation with the coordinator that leads: reports from one thread, signs of life from another one. A
 * coordinator that does not answer is tried again until none did for too long.
 */
final class CoordinatorLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLink.class);
    private static final long FIRST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 1000;
    private static final long STOP_MILLIS = 10_000;

    private final SandblasterSettings settings;
    private final Coordinator coordinator;
    private final Runnable onWanted;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::beat, "coordinator-beat");
    private final ExecutorService reporting;

    /** Guards what both threads know. */
    private final Object lock = new Object();

    private Beat state;
    private boolean beating;
    private boolean wanted;
    private long reports;
    private @Nullable Exception failure;

    /** Of the thread that reports, and of the user's while none is under way. */
    private long sequence = 1;

    private @Nullable WorkReport unanswered;
    private long silentSince = System.nanoTime();
    private long pause = FIRST_PAUSE;

    /**
     * Starts the threads.
     *
     * @param coordinator closed with the link
     * @param onWanted called in another thread when the coordinator wants a report soon
     */
    CoordinatorLink(SandblasterSettings settings, Coordinator coordinator, Runnable onWanted) {
        this.settings = settings;
        this.coordinator = coordinator;
        this.onWanted = onWanted;
        this.reporting = Executors.newSingleThreadExecutor(work -> {
            Thread started = new Thread(work, "coordinator-report");
            started.setDaemon(true);
            return started;
        });
        this.state = new Beat(settings.replica(), settings.incarnation(), Optional.empty(), Optional.empty());
        thread.setDaemon(true);
        thread.start();
    }

    /** What the replica is about, for its signs of life. */
    void working(Optional<BatchId> batch, Optional<Integer> portion) {
        synchronized (lock) {
            state = new Beat(settings.replica(), settings.incarnation(), batch, portion);
            beating = true;
        }
    }

    /** The coordinator has no say for now: no signs of life. No report may be under way. */
    void pause() {
        synchronized (lock) {
            beating = false;
            wanted = false;
        }
        silentSince = System.nanoTime();
    }

    /** Whether the coordinator, or the end of the conversation, wants a report soon. */
    boolean wanted() {
        synchronized (lock) {
            return wanted || failure != null;
        }
    }

    /**
     * Sends a report once, in another thread; none may be under way.
     *
     * @param report its sequence is filled in here: one whose answer was lost keeps it as long as nothing changes
     * @return what to do; empty where no coordinator answered, a while has passed then. It fails with a
     *     {@link CoordinatorRefusedException} where the replica has been replaced, with an {@link IOException} where no
     *     coordinator has answered for longer than the bound
     */
    Future<Optional<WorkReply>> ask(WorkReport report) {
        return reporting.submit(() -> report(report));
    }

    private Optional<WorkReply> report(WorkReport report)
            throws IOException, InterruptedException, CoordinatorRefusedException {
        begin();
        WorkReport next = numbered(report);
        try {
            WorkReply reply = coordinator.report(next);
            unanswered = null;
            sequence++;
            silentSince = System.nanoTime();
            pause = FIRST_PAUSE;
            return Optional.of(reply);
        } catch (IOException e) {
            long silent = System.nanoTime() - silentSince;
            if (silent > settings.bound().toNanos()) {
                throw new IOException(
                        "no coordinator answered replica " + settings.replica() + " for more than "
                                + Sizes.text(settings.bound()) + "; the last failure: " + e.getMessage(),
                        e);
            }
            LOG.info("{}; trying again", e.getMessage());
            closed.await(pause, TimeUnit.MILLISECONDS);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            return Optional.empty();
        } finally {
            synchronized (lock) {
                beating = true;
            }
        }
    }

    /** The report is a sign of life itself, and answers what the coordinator wants. */
    private void begin() throws CoordinatorRefusedException {
        synchronized (lock) {
            if (failure instanceof CoordinatorRefusedException refused) {
                throw refused;
            }
            if (failure != null) {
                throw new IllegalStateException(
                        "the signs of life to the coordinator have failed: " + failure, failure);
            }
            beating = false;
            wanted = false;
            reports++;
        }
    }

    private WorkReport numbered(WorkReport report) {
        WorkReport last = unanswered;
        if (last != null && !last.equals(with(report, last.sequence()))) {
            sequence++;
        }
        WorkReport next = with(report, sequence);
        unanswered = next;
        return next;
    }

    private static WorkReport with(WorkReport report, long sequence) {
        return new WorkReport(
                report.replica(),
                report.incarnation(),
                sequence,
                report.batch(),
                report.done(),
                report.working(),
                report.bundle(),
                report.pushing(),
                report.pushed(),
                report.room());
    }

    private void beat() {
        try {
            while (!closed.await(settings.beat().toNanos(), TimeUnit.NANOSECONDS)) {
                beatOnce();
            }
        } catch (CoordinatorRefusedException | RuntimeException e) {
            synchronized (lock) {
                failure = e;
            }
            onWanted.run();
        } catch (InterruptedException e) {
            LOG.debug("The signs of life were interrupted", e);
        }
    }

    private void beatOnce() throws InterruptedException, CoordinatorRefusedException {
        Beat now;
        long before;
        synchronized (lock) {
            if (!beating) {
                return;
            }
            now = state;
            before = reports;
        }
        boolean wants;
        try {
            wants = coordinator.beat(now);
        } catch (IOException e) {
            LOG.debug("A sign of life was lost", e);
            return;
        }
        synchronized (lock) {
            // What was asked before a report is answered by it.
            wants &= beating && before == reports;
            wanted |= wants;
        }
        if (wants) {
            onWanted.run();
        }
    }

    /** Ends the conversation; waits at most 10 s for each of its threads. */
    @Override
    public void close() {
        closed.countDown();
        coordinator.close();
        thread.interrupt();
        reporting.shutdownNow();
        try {
            thread.join(STOP_MILLIS);
            reporting.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
