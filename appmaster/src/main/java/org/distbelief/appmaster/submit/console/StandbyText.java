package org.distbelief.appmaster.submit.console;

import org.distbelief.appmaster.status.JobSnapshot.StandbyRow;
import org.jspecify.annotations.Nullable;

/** A shard's standby in a few words. */
final class StandbyText {
    private StandbyText() {}

    /** Such as {@code in sync on node3}, {@code filling 43 % on node3} or {@code waits for a container}. */
    static String of(@Nullable StandbyRow row) {
        if (row == null) {
            return "-";
        }
        if (row.host() == null) {
            return "waits for a container";
        }
        String state = row.state().equals(StandbyRow.FILLING)
                ? row.state() + " " + Figures.percent(row.filled(), 0)
                : row.state();
        return state + " on " + (row.sameNode() ? "the same node" : row.host());
    }
}
