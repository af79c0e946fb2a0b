package org.distbelief.appmaster.job;

import org.distbelief.appmaster.roster.Group;
import org.distbelief.appmaster.roster.Seat;
import org.distbelief.appmaster.status.JobSnapshot.StandbyRow;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.ShardStatus;
import org.jspecify.annotations.Nullable;

/** What the standbys of shards look like. */
final class Standbys {
    private Standbys() {}

    /**
     * The row of a shard's standby; null for a shard that has none by the job file.
     *
     * @param status what the shard's serving process said last; null before its first word
     */
    static @Nullable StandbyRow row(Group group, @Nullable ShardStatus status) {
        Seat seat = group.standby().orElse(null);
        if (seat == null) {
            return null;
        }
        CopyStatus copy = status == null ? CopyStatus.ALONE : status.copy();
        boolean followed = seat.start() == copy.other() && seat.state() == Seat.State.RUNNING;
        return new StandbyRow(
                state(group, seat, followed, copy.inSync()),
                followed ? copy.filled() : 0,
                seat.container(),
                seat.host(),
                seat.logs(),
                seat.place() == null ? 0 : seat.start(),
                seat.host() != null && seat.host().equals(group.leader().host()));
    }

    private static String state(Group group, Seat seat, boolean followed, boolean inSync) {
        if (seat.place() == null) {
            return StandbyRow.WAITING;
        }
        if (seat.start() < group.leader().start()) {
            return StandbyRow.FORMER;
        }
        if (!followed) {
            return StandbyRow.STARTING;
        }
        return inSync ? StandbyRow.IN_SYNC : StandbyRow.FILLING;
    }
}
