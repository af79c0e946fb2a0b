package org.distbelief.paramserver.pace;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that replicas run as far apart on one shard as their job allows. The shard asks it at every turn, push and
 * end of a connection. For any number of threads.
 *
 * <p>Every wait is for members of which the shard hears: one that is silent while others wait for it no longer counts.
 */
public final class PaceKeeper {
    /** What a shard does with gradients that are gathered, and what its standby must know besides. */
    public interface Gathering {
        /** A replica takes part from now on. */
        void joined(RoundState.Participant participant);

        /** It does not any more. */
        void left(int replica);

        /**
         * Applies the mean of the gradients that were added up for the parameters of one push. No gradient of them is
         * added meanwhile.
         */
        void applyMean(RangeSet ranges, int gradients);

        /**
         * A round is over.
         *
         * @param next the next round
         * @param updated whether the parameters have changed by a whole update
         */
        void roundOver(long next, boolean updated);
    }

    /** Adds a gradient to the sum of those that have come. */
    @FunctionalInterface
    public interface Addend {
        /**
         * @param first whether the sum is to be begun anew
         * @param round in which it counts
         */
        void add(boolean first, long round);
    }

    private final Members members;
    private final Pace pace;
    private final @Nullable SynchronousPace rounds;
    private final Gathering gathering;
    private final long sliceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /**
     * @param nPush steps of an update
     * @param parameters how many the shard holds
     * @param silence after which a member that others wait for no longer counts
     * @param slice how long a replica waits at most before it must ask again; shorter than the silence
     * @param nanoTime monotonic time
     */
    public PaceKeeper(
            Consistency consistency,
            int nPush,
            long parameters,
            Duration silence,
            Duration slice,
            LongSupplier nanoTime,
            Gathering gathering) {
        this.members = new Members(silence.toNanos(), nanoTime, new Members.Comings() {
            @Override
            public void joined(RoundState.Participant participant) {
                gathering.joined(participant);
            }

            @Override
            public void left(int replica) {
                gathering.left(replica);
            }
        });
        this.gathering = gathering;
        this.sliceNanos = slice.toNanos();
        if (consistency instanceof Consistency.Synchronous synchronous) {
            this.rounds = new SynchronousPace(members, synchronous.backups(), parameters);
            this.pace = rounds;
        } else {
            this.rounds = null;
            this.pace = consistency instanceof Consistency.Bounded bounded
                    ? new BoundedPace(members, bounded.steps(), nPush)
                    : new AsynchronousPace();
        }
    }

    /** Goes on where another shard's process has come to, before anybody asks. */
    public void restore(RoundState state) {
        lock.lock();
        try {
            members.restore(state.participants());
            if (rounds != null) {
                rounds.restore(state);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether gradients are gathered and applied together: pushes go by way of {@link #give}. */
    public boolean gathers() {
        return rounds != null;
    }

    /**
     * A replica's turn. Takes it in as a member, and waits for the others where it must, one slice at most.
     *
     * @param connection by which it asks; whoever asks by it must tell when it is {@link #closed}
     */
    public Turn.Answer turn(Turn turn, Object connection) throws ReplacedReplicaException, InterruptedException {
        if (pace instanceof AsynchronousPace) {
            return new Turn.Answer(true, pace.clockFor(turn.clock()));
        }
        long entered = enter(turn, connection);
        long left = sliceNanos;
        while (true) {
            settle();
            lock.lockInterruptibly();
            try {
                long clock = clock(turn);
                if (pace.mayGo(clock)) {
                    return new Turn.Answer(true, pace.clockFor(entered));
                }
                if (members.dropSilent(member -> pace.waitsFor(clock, member))) {
                    changed.signalAll();
                } else if (left <= 0) {
                    return new Turn.Answer(false, turn.clock());
                } else {
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private long enter(Turn turn, Object connection) throws ReplacedReplicaException {
        lock.lock();
        try {
            long clock = members.enter(turn, connection, pace.floor());
            pace.announced(turn.clock());
            changed.signalAll();
            return clock;
        } finally {
            lock.unlock();
        }
    }

    /** What is known of the asker's clock: its pushes may have come further than it knows. */
    private long clock(Turn turn) {
        Members.Member member = members.find(turn.replica());
        return member == null || turn.clock() == Turn.UNKNOWN ? turn.clock() : Math.max(member.clock(), turn.clock());
    }

    /** A replica does not take part until it asks for a turn again. */
    public void leave(int replica, long incarnation) {
        lock.lock();
        try {
            members.leave(replica, incarnation);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        settle();
    }

    /** A connection is gone: those who asked by it last do not take part any more. */
    public void closed(Object connection) {
        lock.lock();
        try {
            members.closed(connection);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        settle();
    }

    /**
     * A push has been applied at once.
     *
     * @param clock of its update; {@link Turn#UNKNOWN} where it does not say
     * @param whole whether its update is whole with it
     */
    public void applied(int replica, long incarnation, long clock, boolean whole) {
        if (pace instanceof AsynchronousPace) {
            return;
        }
        lock.lock();
        try {
            members.heard(replica, incarnation, whole && clock != Turn.UNKNOWN ? clock + 1 : clock);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A gradient to be gathered.
     *
     * @param ranges the parameters of the push; every replica cuts its updates into the same
     * @param clock of its update; {@link Turn#UNKNOWN} for the present one
     * @param addend adds it to the sum, where it is not too late
     * @return whether it came in time, so that it counts
     * @throws IllegalArgumentException where updates are cut otherwise; nothing has been done then
     */
    public boolean give(RangeSet ranges, int replica, long incarnation, long clock, Addend addend) {
        SynchronousPace gathered = rounds;
        if (gathered == null) {
            throw new IllegalStateException("expected a shard that gathers gradients");
        }
        SynchronousPace.Unit unit;
        lock.lock();
        try {
            members.heard(replica, incarnation, clock);
            unit = gathered.unit(ranges);
        } finally {
            lock.unlock();
        }
        boolean taken;
        boolean closed = false;
        synchronized (unit) {
            long round = takes(gathered, unit, clock);
            taken = round != Turn.UNKNOWN;
            if (taken) {
                addend.add(unit.gradients() == 0, round);
                given(gathered, unit, replica);
                closed = closeIfComplete(gathered, unit);
            }
        }
        if (closed && advance(gathered)) {
            settle();
        }
        return taken;
    }

    /** The round in which a gradient counts; {@link Turn#UNKNOWN} where it is too late. */
    private long takes(SynchronousPace gathered, SynchronousPace.Unit unit, long clock) {
        lock.lock();
        try {
            return gathered.takes(unit, clock) ? gathered.round() : Turn.UNKNOWN;
        } finally {
            lock.unlock();
        }
    }

    private void given(SynchronousPace gathered, SynchronousPace.Unit unit, int replica) {
        lock.lock();
        try {
            gathered.given(unit, replica);
        } finally {
            lock.unlock();
        }
    }

    /** Applies what nobody is waited for any more, and goes on to the next round where this one is over. */
    private void settle() {
        SynchronousPace gathered = rounds;
        if (gathered == null) {
            return;
        }
        while (true) {
            advance(gathered);
            SynchronousPace.Unit unit = firstComplete(gathered);
            if (unit == null) {
                return;
            }
            synchronized (unit) {
                closeIfComplete(gathered, unit);
            }
        }
    }

    /** Goes on to the next round where this one is over; says whether it was. */
    private boolean advance(SynchronousPace gathered) {
        lock.lock();
        try {
            long before = gathered.round();
            boolean updated = gathered.advance();
            boolean advanced = gathered.round() != before;
            if (advanced) {
                gathering.roundOver(gathered.round(), updated);
                changed.signalAll();
            }
            return advanced;
        } finally {
            lock.unlock();
        }
    }

    private SynchronousPace.@Nullable Unit firstComplete(SynchronousPace gathered) {
        lock.lock();
        try {
            return gathered.firstComplete();
        } finally {
            lock.unlock();
        }
    }

    /** Closes a unit that is complete, and says whether it was; call in the unit's monitor. */
    private boolean closeIfComplete(SynchronousPace gathered, SynchronousPace.Unit unit) {
        lock.lock();
        try {
            if (!gathered.complete(unit)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        if (unit.gradients() > 0) {
            gathering.applyMean(unit.ranges(), unit.gradients());
        }
        lock.lock();
        try {
            gathered.close(unit);
            return true;
        } finally {
            lock.unlock();
        }
    }
}
