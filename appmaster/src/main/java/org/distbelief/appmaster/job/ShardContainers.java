package org.distbelief.appmaster.job;

import java.util.HashMap;
import java.util.Map;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.RosterAction;

/**
 * Which process of a shard runs in which container, also where the roster has given it up already. Not safe for several
 * threads.
 */
final class ShardContainers {
    private record Launched(int shard, long start) {}

    private final ShardEnds ends;
    private final Map<String, Launched> processes = new HashMap<>();

    /** @param ends is told of those that are over */
    ShardContainers(ShardEnds ends) {
        this.ends = ends;
    }

    void launched(RosterAction.Launch launch) {
        if (launch.member().role() == Role.SHARD) {
            processes.put(launch.container(), new Launched(launch.member().index(), launch.start()));
        }
    }

    void stopped(String container) {
        Launched process = processes.get(container);
        if (process != null) {
            ends.givenUp(process.shard(), process.start());
        }
    }

    void ended(String container, Ending ending) {
        Launched process = processes.remove(container);
        if (process != null && ending.certain()) {
            ends.ended(process.shard(), process.start());
        }
    }
}
