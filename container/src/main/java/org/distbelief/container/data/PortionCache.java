package org.distbelief.container.data;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.Split;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads portions in their stored order, and keeps their decoded examples in memory, so that they are read and decoded
 * once though they are used again and again. A thread reads: the portion that is used now, then those that will be
 * next. Where there is no room, the portion that was not used for the longest time goes; one that is too large as a
 * whole passes through, and is read anew each time. For one thread, beside its own.
 */
public final class PortionCache implements AutoCloseable {
    /** What may be held of a portion for which there is no room. */
    public static final long PASSING_BYTES = 4L << 20;

    /** How far a portion has been read: its labelled examples, and whether these are all. */
    record Read(long examples, boolean complete) {}

    private static final Logger LOG = LoggerFactory.getLogger(PortionCache.class);
    private static final long STOP_MILLIS = 10_000;

    private final PortionSource source;
    private final List<Portion> portions;
    private final BlockDecoder decoder;
    private final long bound;
    private final Thread thread = new Thread(this::run, "portion-cache");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workForReader = lock.newCondition();
    private final Condition newsForUser = lock.newCondition();
    /** By portion, that which was not used for the longest time first. */
    private final Map<Integer, LoadedPortion> loaded = new LinkedHashMap<>(16, 0.75f, true);

    private List<Integer> ahead = List.of();
    private @Nullable LoadedPortion current;
    private @Nullable LoadedPortion reading;
    private long bytes;
    private boolean closed;

    /**
     * Starts the reading thread.
     *
     * @param source where portions are read from; stays the caller's
     * @param split whose portions are numbered
     * @param decoder makes examples for the model
     * @param bound bytes of decoded examples to keep; on top come, two times, {@link #PASSING_BYTES} or a mini-batch,
     *     and a record
     */
    public PortionCache(PortionSource source, Split split, BlockDecoder decoder, long bound) {
        this.source = source;
        this.portions = split.portions();
        this.decoder = decoder.forRuns();
        this.bound = bound;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to use a portion; the one that was opened before is given up.
     *
     * @param portion its number in the split
     */
    public PortionExamples open(int portion) {
        if (portion < 0 || portion >= portions.size()) {
            throw new IllegalArgumentException(
                    "expected a portion from 0 to " + (portions.size() - 1) + ", found " + portion);
        }
        lock.lock();
        try {
            LoadedPortion old = current;
            LoadedPortion found = loaded.get(portion);
            if (found == null || !found.whole()) {
                found = new LoadedPortion(portions.get(portion));
                put(found);
            }
            current = found;
            if (old != null && old != found && (old.passing() || (!old.complete() && old != reading))) {
                forget(old);
            }
            tellReader();
            return new PortionExamples(this, found, decoder.inputUnits());
        } finally {
            lock.unlock();
        }
    }

    /** Says which portions will be used next, in order, in place of what was said before; others may not be read. */
    public void ahead(List<Integer> next) {
        lock.lock();
        try {
            ahead = List.copyOf(next);
            List<LoadedPortion> unwanted = loaded.values().stream()
                    .filter(other -> other.passing() && other != current)
                    .filter(other -> !ahead.contains(other.portion().id()))
                    .toList();
            unwanted.forEach(this::forget);
            tellReader();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of decoded examples that are held now. */
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many examples of a portion have been read, or all.
     *
     * @return how far it is then, or when the time is over
     */
    Read await(LoadedPortion portion, long examples, long nanos) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            portion.needed(examples);
            tellReader();
            while (true) {
                if (closed) {
                    throw new IllegalStateException("the portion cache is closed");
                }
                Throwable failure = portion.failure();
                if (failure != null) {
                    throw unreadable(portion.portion(), failure);
                }
                if (portion.complete() || portion.read() >= examples || left <= 0) {
                    return new Read(portion.read(), portion.complete());
                }
                left = newsForUser.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A block that has been read. */
    ExampleBlock block(LoadedPortion portion, int index) {
        lock.lock();
        try {
            return portion.block(index);
        } finally {
            lock.unlock();
        }
    }

    /** The blocks before an index have been used. */
    void used(LoadedPortion portion, int block) {
        lock.lock();
        try {
            long before = portion.bytes();
            if (portion.releaseBefore(block)) {
                if (isLoaded(portion)) {
                    bytes += portion.bytes() - before;
                }
                tellReader();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the reader where it may have something to do: a wake-up for nothing costs the user its processor. */
    private void tellReader() {
        if (reading != null || isUnread(current) || !loaded.keySet().containsAll(ahead)) {
            workForReader.signalAll();
        }
    }

    private static boolean isUnread(@Nullable LoadedPortion portion) {
        return portion != null && !portion.complete() && portion.failure() == null;
    }

    private static IOException unreadable(Portion portion, Throwable cause) {
        String message = "reading portion " + portion.id() + " (file " + portion.file() + ") failed: "
                + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
        return cause instanceof DatasetFormatException
                ? new DatasetFormatException(message, cause)
                : new IOException(message, cause);
    }

    private void run() {
        try {
            for (LoadedPortion next = next(); next != null; next = next()) {
                try {
                    read(next);
                } catch (IOException | RuntimeException | Error e) {
                    failed(next, e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Reading was cut short by closing", e);
        }
    }

    private void read(LoadedPortion portion) throws IOException, InterruptedException {
        try (DecodedPortion records = DecodedPortion.open(source, decoder, portion.portion())) {
            List<ExampleBlock> blocks = records.next();
            while (blocks != null) {
                if (!add(portion, blocks)) {
                    return;
                }
                blocks = records.next();
            }
            completed(portion);
        }
    }

    /** What to read next; null when closed. */
    private @Nullable LoadedPortion next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            reading = null;
            while (!closed) {
                reading = unread();
                if (reading != null) {
                    return reading;
                }
                workForReader.await();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable LoadedPortion unread() {
        LoadedPortion now = current;
        if (isUnread(now)) {
            return now;
        }
        boolean full = loaded.values().stream().anyMatch(other -> other != now && other.passing());
        for (int portion : ahead) {
            if (!full && !loaded.containsKey(portion)) {
                LoadedPortion fresh = new LoadedPortion(portions.get(portion));
                put(fresh);
                return fresh;
            }
        }
        return null;
    }

    /** @return false where the portion is not wanted any more, or another one is wanted sooner */
    private boolean add(LoadedPortion portion, List<ExampleBlock> blocks) throws InterruptedException {
        long more = blocks.stream().mapToLong(ExampleBlock::bytes).sum();
        long examples = blocks.stream().mapToLong(ExampleBlock::size).sum();
        lock.lockInterruptibly();
        try {
            while (true) {
                boolean later = current != portion && isUnread(current);
                if (closed
                        || later
                        || !isLoaded(portion)
                        || (current != portion
                                && !ahead.contains(portion.portion().id()))) {
                    forget(portion);
                    return false;
                }
                if (!portion.passing() && !makeRoom(portion, more, examples)) {
                    portion.pass();
                }
                if (!portion.passing() || portion.isNeeded() || portion.bytes() + more <= PASSING_BYTES) {
                    portion.add(blocks, more, examples);
                    bytes += more;
                    newsForUser.signalAll();
                    return true;
                }
                workForReader.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives up portions until there is room for more of one; says whether there is. */
    private boolean makeRoom(LoadedPortion portion, long more, long examples) {
        if (portion.estimate(more, examples) > bound) {
            return false;
        }
        while (bytes + more > bound) {
            LoadedPortion oldest = loaded.values().stream()
                    .filter(other -> other != portion && other != current)
                    .filter(other -> portion == current
                            || !ahead.contains(other.portion().id()))
                    .findFirst()
                    .orElse(null);
            if (oldest == null) {
                return false;
            }
            forget(oldest);
        }
        return true;
    }

    private boolean isLoaded(LoadedPortion portion) {
        return loaded.get(portion.portion().id()) == portion;
    }

    private void put(LoadedPortion portion) {
        LoadedPortion before = loaded.put(portion.portion().id(), portion);
        bytes += portion.bytes() - (before == null ? 0 : before.bytes());
    }

    private void forget(LoadedPortion portion) {
        if (loaded.remove(portion.portion().id(), portion)) {
            bytes -= portion.bytes();
        }
    }

    private void completed(LoadedPortion portion) {
        lock.lock();
        try {
            portion.completed();
            newsForUser.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(LoadedPortion portion, Throwable cause) {
        lock.lock();
        try {
            if (closed) {
                LOG.debug("Reading was cut short by closing", cause);
                return;
            }
            portion.failed(cause);
            forget(portion);
            int id = portion.portion().id();
            if (portion != current) {
                // Whoever needs it will hear of it if it happens again.
                LOG.warn("Reading portion {} ahead failed", id, cause);
                ahead = ahead.stream().filter(other -> other != id).toList();
            }
            newsForUser.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the reading thread; waits at most 10 s for it. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            loaded.clear();
            workForReader.signalAll();
            newsForUser.signalAll();
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
}
