package org.distbelief.paramserver.standby;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.paramserver.shard.Change;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.Followers;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSource;
import org.distbelief.paramserver.shard.StandbyShard.Link;
import org.distbelief.paramserver.shard.Standing;
import org.jspecify.annotations.Nullable;

/**
 * What the process that serves a shard knows of its standby. While a link is up, a change may be acknowledged when the
 * standby has it. When the standby has all chunks, it is <em>marked</em>: it may take over. From then on this process
 * acknowledges nothing that the standby does not have, until the mark is off again; if it can't be taken off, the
 * standby has taken over, and this process has had its day.
 *
 * <p>Changes come from any number of threads. One other thread carries the messages ({@link #begin}, {@link #next},
 * {@link #acknowledged}, {@link #lost}), and one sees to the marks ({@link #task}, {@link #marked}, {@link #unmarked}).
 */
public final class Leading implements Followers {
    /** What is to be done about the mark. */
    public enum Task {
        /** Nothing. */
        NONE,
        /** The standby is to be marked as one that may take over. */
        MARK,
        /** The mark is to be taken off. */
        UNMARK,
        /** Nothing ever again: this process must not serve any more. */
        STOP
    }

    /** What has become of a mark that was asked for. */
    public enum Marked {
        /** It is on. */
        ON,
        /** It is not on: the standby is no longer registered. */
        STANDBY_GONE,
        /** It is not on: this process is no longer registered. */
        REPLACED
    }

    private enum Mark {
        OFF,
        /** Asked for; it may be on already. */
        ASKED,
        ON
    }

    private final int shard;
    private final long generation;
    private final ShardSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final Outbox outbox;

    private long told;
    /** The changes up to this one may be acknowledged. */
    private long safe;

    private boolean linked;
    private long links;
    private long standby;
    private Mark mark = Mark.OFF;
    private boolean stopped;

    /**
     * A process that serves, without a standby.
     *
     * @param generation of this process
     */
    public Leading(int shard, long generation, ShardSource source) {
        this.shard = shard;
        this.generation = generation;
        this.source = source;
        this.outbox = new Outbox(source);
    }

    @Override
    public long tell(Change change, @Nullable ByteBuffer gradient, @Nullable ByteBuffer fetched) {
        lock.lock();
        try {
            boolean sends = linked && !stopped;
            if (sends) {
                outbox.add(told + 1, change, gradient, fetched);
            }
            told++;
            if (sends) {
                changed.signalAll();
            } else if (mark == Mark.OFF) {
                safe = told;
            }
            return told;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long told() {
        lock.lock();
        try {
            return told;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await(long number) throws ShardException, InterruptedException {
        lock.lockInterruptibly();
        try {
            // What a push has brought must stay until nothing of it can be sent any more.
            while (stopped ? linked : number > safe) {
                changed.await();
            }
            acknowledgeable(number);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a change, and all before it, may be acknowledged.
     *
     * @throws ShardException where this process must not serve any more
     */
    public boolean acknowledgeable(long number) throws ShardException {
        lock.lock();
        try {
            if (stopped) {
                throw new ShardException(
                        ShardException.Kind.STALE_GENERATION,
                        "expected a process that serves shard " + shard + ", found generation " + generation
                                + ", which has been replaced");
            }
            return number <= safe;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a link may be begun: none is up, and no mark is left of the last one. */
    public boolean mayLink() {
        lock.lock();
        try {
            return !linked && mark == Mark.OFF && !stopped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is said first over a link.
     *
     * @param standing what the standby begins with
     */
    public record Beginning(Link link, Standing standing) {}

    /**
     * Begins a link; every change from now on goes over it.
     *
     * @param follower generation of the standby
     * @throws IllegalStateException where it must not, see {@link #mayLink}
     */
    public Beginning begin(long follower) {
        return source.betweenChanges(() -> beginNow(follower));
    }

    private Beginning beginNow(long follower) {
        lock.lock();
        try {
            if (!mayLink()) {
                throw new IllegalStateException("expected no link and no mark, found those of generation " + standby);
            }
            linked = true;
            links++;
            standby = follower;
            outbox.begin();
            return new Beginning(new Link(generation, links), source.standing());
        } finally {
            lock.unlock();
        }
    }

    /** The next message to send; null while there is none, or enough are on the way, and after the end. */
    public @Nullable Message next() {
        if (wantsChunk()) {
            source.betweenChanges(() -> addChunk());
        }
        lock.lock();
        try {
            return stopped ? null : outbox.next();
        } finally {
            lock.unlock();
        }
    }

    private boolean wantsChunk() {
        lock.lock();
        try {
            return linked && !stopped && outbox.wantsChunk();
        } finally {
            lock.unlock();
        }
    }

    private boolean addChunk() {
        lock.lock();
        try {
            outbox.addChunk();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages have been sent and not been acknowledged. */
    public int onTheWay() {
        lock.lock();
        try {
            return outbox.onTheWay();
        } finally {
            lock.unlock();
        }
    }

    /** Whether this process must not serve any more. */
    public boolean stopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a message to send; says whether there is one. */
    public boolean awaitMessage(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (outbox.isEmpty() && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !outbox.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The standby has the oldest message that was sent. */
    public void acknowledged() {
        lock.lock();
        try {
            // 0 for a chunk.
            safe = Math.max(safe, outbox.acknowledged());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The link is lost: nothing is being sent over it any more. */
    public void lost() {
        lock.lock();
        try {
            linked = false;
            outbox.clear();
            goOnAlone();
        } finally {
            lock.unlock();
        }
    }

    private void goOnAlone() {
        if (!linked && mark == Mark.OFF) {
            safe = told;
            standby = 0;
        }
        changed.signalAll();
    }

    /** What is to be done about the mark of {@link #standby}. */
    public Task task() {
        lock.lock();
        try {
            if (stopped) {
                return Task.STOP;
            }
            if (!linked) {
                return mark == Mark.OFF ? Task.NONE : Task.UNMARK;
            }
            if (outbox.whole() && mark == Mark.OFF) {
                mark = Mark.ASKED;
            }
            return mark == Mark.ASKED ? Task.MARK : Task.NONE;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something to be done about the mark. */
    public Task awaitTask() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Task task = task();
            while (task == Task.NONE) {
                changed.await();
                task = task();
            }
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** Generation of the process that is linked or marked; 0 for none. */
    public long standby() {
        lock.lock();
        try {
            return standby;
        } finally {
            lock.unlock();
        }
    }

    /** The standby was to be marked. Until this is called, it is unknown whether it is. */
    public void marked(Marked outcome) {
        lock.lock();
        try {
            switch (outcome) {
                case ON -> mark = Mark.ON;
                case STANDBY_GONE -> {
                    mark = Mark.OFF;
                    goOnAlone();
                }
                case REPLACED -> stop();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The mark was to be taken off.
     *
     * @param off whether it is; else this process has been replaced
     */
    public void unmarked(boolean off) {
        lock.lock();
        try {
            if (off) {
                mark = Mark.OFF;
                goOnAlone();
            } else {
                stop();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CopyStatus status() {
        lock.lock();
        try {
            return new CopyStatus(true, standby, outbox.filledShare(), linked && mark == Mark.ON);
        } finally {
            lock.unlock();
        }
    }
}
