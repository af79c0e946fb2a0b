package org.distbelief.appmaster.job;

import java.util.List;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.RosterAction;

/**
 * Where containers run best: a replica near the data, its further partitions near its first, a shard anywhere.
 *
 * @param data nodes that hold most of the data
 */
record PreferredHosts(List<String> data) {
    PreferredHosts {
        data = List.copyOf(data);
    }

    List<String> of(RosterAction.Request request) {
        String near = request.near();
        if (near != null) {
            return List.of(near);
        }
        return request.member().role() == Role.REPLICA ? data : List.of();
    }
}
