package org.distbelief.paramserver.pace;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that a shard reckons with: those that have asked for a turn and have not left. A replica counts once,
 * however many partitions it has. Not for use by several threads.
 */
final class Members {
    private final Map<Integer, Member> members = new TreeMap<>();
    private final long silenceNanos;
    private final LongSupplier nanoTime;
    private final Comings comings;

    /** Hears who comes and goes. */
    interface Comings {
        void joined(RoundState.Participant participant);

        void left(int replica);
    }

    /** One of them. */
    static final class Member {
        private final int replica;
        private final long incarnation;
        private long clock;
        private long heard;
        private @Nullable Object connection;

        private Member(int replica, long incarnation, long clock) {
            this.replica = replica;
            this.incarnation = incarnation;
            this.clock = clock;
        }

        int replica() {
            return replica;
        }

        long clock() {
            return clock;
        }
    }

    /** @param silenceNanos after which one that others wait for no longer counts */
    Members(long silenceNanos, LongSupplier nanoTime, Comings comings) {
        this.comings = comings;
        this.silenceNanos = silenceNanos;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes a replica in, or notes that it is there; one that only asks where the others are is not taken in.
     *
     * @param connection by which it asks: its membership ends with it
     * @param floor the least clock with which it is taken in
     * @return the clock that it should go on with, as far as its being taken in is concerned
     */
    long enter(Turn turn, Object connection, long floor) throws ReplacedReplicaException {
        Member known = members.get(turn.replica());
        if (known != null && turn.incarnation() < known.incarnation) {
            throw new ReplacedReplicaException(turn, known.incarnation);
        }
        if (known != null && turn.incarnation() > known.incarnation) {
            members.remove(turn.replica());
            known = null;
        }
        if (turn.clock() == Turn.UNKNOWN) {
            return turn.clock();
        }
        long clock = known == null ? Math.max(turn.clock(), floor) : turn.clock();
        Member member = known == null ? new Member(turn.replica(), turn.incarnation(), clock) : known;
        if (known == null) {
            comings.joined(new RoundState.Participant(turn.replica(), turn.incarnation(), clock));
        }
        members.put(turn.replica(), member);
        member.clock = Math.max(member.clock, clock);
        member.connection = connection;
        member.heard = nanoTime.getAsLong();
        return clock;
    }

    /** A push, of whatever partition, shows that its replica is at least this far; one that is no member is nobody. */
    void heard(int replica, long incarnation, long clock) {
        Member member = members.get(replica);
        if (member != null && member.incarnation == incarnation) {
            member.heard = nanoTime.getAsLong();
            member.clock = Math.max(member.clock, clock);
        }
    }

    /** A replica does not take part for now. */
    void leave(int replica, long incarnation) {
        Member member = members.get(replica);
        if (member != null && member.incarnation <= incarnation) {
            members.remove(replica);
            comings.left(replica);
        }
    }

    /** Goes on with those that another shard's process has reckoned with; who of them is there will show. */
    void restore(List<RoundState.Participant> participants) {
        for (RoundState.Participant known : participants) {
            Member member = new Member(known.replica(), known.incarnation(), known.clock());
            member.heard = nanoTime.getAsLong();
            members.put(known.replica(), member);
        }
    }

    /** A connection is gone, and with it who asked by it last. */
    void closed(Object connection) {
        remove(member -> member.connection == connection);
    }

    private boolean remove(Predicate<Member> which) {
        return members.values().removeIf(member -> {
            boolean leaves = which.test(member);
            if (leaves) {
                comings.left(member.replica);
            }
            return leaves;
        });
    }

    /**
     * No longer counts those that have been silent for too long.
     *
     * @param waitedFor those who keep others waiting
     * @return whether there were any
     */
    boolean dropSilent(Predicate<Member> waitedFor) {
        long now = nanoTime.getAsLong();
        return remove(member -> now - member.heard > silenceNanos && waitedFor.test(member));
    }

    @Nullable
    Member find(int replica) {
        return members.get(replica);
    }

    Collection<Member> all() {
        return members.values();
    }

    /** The smallest clock; empty members have none. */
    long leastClock() {
        return members.values().stream().mapToLong(Member::clock).min().orElse(Turn.UNKNOWN);
    }
}
