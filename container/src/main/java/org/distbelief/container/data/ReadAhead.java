package org.distbelief.container.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.PortionSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reading thread and what lies between it and the thread that trains: leases to read, and decoded records, of which
 * there are never much more than the bound.
 */
final class ReadAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
    private static final long STOP_MILLIS = 10_000;

    /** The examples of one record. */
    private record Decoded(OpenLease lease, List<ExampleBlock> blocks) {}

    private final PortionSource source;
    private final BlockDecoder decoder;
    private final long bound;
    private final Thread thread = new Thread(this::run, "portion-reader");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workForReader = lock.newCondition();
    private final Condition newsForTrainer = lock.newCondition();
    private final Deque<OpenLease> unread = new ArrayDeque<>();
    private final Deque<Decoded> decoded = new ArrayDeque<>();
    private @Nullable OpenLease reading;
    private @Nullable Throwable failure;
    private @Nullable OpenLease failed;
    private long undrawn;
    private boolean draining;
    private boolean closed;

    /** @param bound decoded examples that are not drawn yet, beyond which nothing more is read */
    ReadAhead(PortionSource source, BlockDecoder decoder, long bound) {
        this.source = source;
        this.decoder = decoder;
        this.bound = bound;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes a lease to be read after those before it. */
    void add(OpenLease lease) {
        lock.lock();
        try {
            unread.add(lease);
            workForReader.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether to do with what the leases hold. */
    void drain(boolean now) {
        lock.lock();
        try {
            draining = now;
            newsForTrainer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it still reads: neither closed nor failed. */
    boolean alive() {
        lock.lock();
        try {
            return !closed && failure == null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it drains, and all that was read was drawn. */
    boolean exhausted() {
        lock.lock();
        try {
            return draining && allRead() && undrawn == 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean allRead() {
        return decoded.isEmpty() && unread.isEmpty() && reading == null;
    }

    /**
     * Moves decoded records, in order and one by one, into the pool until it holds enough examples, or, when draining,
     * all that are left.
     *
     * @return false where there were not enough in time
     */
    boolean fill(MixingPool pool, int enough, long nanos) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (true) {
                requireAlive();
                while (pool.size() < enough && !decoded.isEmpty()) {
                    Decoded next = decoded.remove();
                    next.blocks().forEach(block -> pool.add(block, next.lease()));
                }
                if (pool.size() >= enough || (draining && allRead() && pool.size() > 0)) {
                    return true;
                }
                if (left <= 0) {
                    return false;
                }
                left = newsForTrainer.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes room: so many examples have left the pool. */
    void drawn(int examples) {
        lock.lock();
        try {
            undrawn -= examples;
            workForReader.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            unread.clear();
            decoded.clear();
            workForReader.signalAll();
            newsForTrainer.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
            if (thread.isAlive()) {
                LOG.warn("The thread {} has not ended within {} ms", thread.getName(), STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The reading thread, for tests that see it end. */
    Thread thread() {
        return thread;
    }

    private void requireAlive() throws IOException {
        if (closed) {
            throw new IllegalStateException("the portion reader is closed");
        }
        Throwable cause = failure;
        if (cause == null) {
            return;
        }
        String where = failed == null
                ? "the portion reader failed"
                : "reading portion " + failed.portion().id() + " (lease "
                        + failed.lease().id() + ", file " + failed.portion().file() + ") failed";
        String message = where + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
        if (cause instanceof DatasetFormatException) {
            throw new DatasetFormatException(message, cause);
        }
        if (cause instanceof IOException) {
            throw new IOException(message, cause);
        }
        throw new IllegalStateException(message, cause);
    }

    private void run() {
        try {
            for (OpenLease lease = nextLease(); lease != null; lease = nextLease()) {
                read(lease);
            }
        } catch (InterruptedException e) {
            fail(new IllegalStateException("the reading thread was interrupted, though the reader is not closed", e));
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void read(OpenLease lease) throws IOException, InterruptedException {
        try (DecodedPortion portion = DecodedPortion.open(source, decoder, lease.portion())) {
            List<ExampleBlock> blocks = portion.next();
            while (blocks != null && put(lease, blocks)) {
                blocks = portion.next();
            }
        }
    }

    /** The next lease to read, after what was read before is done with; null when closed. */
    private @Nullable OpenLease nextLease() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            reading = null;
            newsForTrainer.signalAll();
            while (unread.isEmpty() && !closed) {
                workForReader.await();
            }
            reading = unread.poll();
            return reading;
        } finally {
            lock.unlock();
        }
    }

    /** @return false when closed */
    private boolean put(OpenLease lease, List<ExampleBlock> blocks) throws InterruptedException {
        int examples = blocks.stream().mapToInt(ExampleBlock::size).sum();
        lock.lockInterruptibly();
        try {
            while (undrawn >= bound && !closed) {
                workForReader.await();
            }
            if (closed) {
                return false;
            }
            if (examples > 0) {
                undrawn += examples;
                decoded.add(new Decoded(lease, blocks));
                newsForTrainer.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable cause) {
        lock.lock();
        try {
            if (closed) {
                LOG.debug("Reading was cut short by closing", cause);
                return;
            }
            failure = cause;
            failed = reading;
            newsForTrainer.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
