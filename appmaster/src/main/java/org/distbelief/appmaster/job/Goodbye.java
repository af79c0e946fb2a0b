package org.distbelief.appmaster.job;

import java.util.List;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.Seat;

/** The wait at the end of a job for those that were sent home. Not safe for several threads. */
final class Goodbye {
    private static final long PATIENCE_MILLIS = 10_000;

    private long until;

    /** Whether it has been said. */
    boolean said() {
        return until != 0;
    }

    void say(long now) {
        until = now + PATIENCE_MILLIS;
    }

    /** Whether all but the shards, which are stopped, have gone, or had time to. */
    boolean over(List<Seat> seats, long now) {
        boolean gone = seats.stream()
                .allMatch(s -> s.member().role() == Role.SHARD
                        || s.state() == Seat.State.STOPPED
                        || s.state() == Seat.State.WAITING);
        return gone || now > until;
    }
}
