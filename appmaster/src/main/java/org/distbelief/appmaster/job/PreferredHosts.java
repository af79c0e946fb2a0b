package org.distbelief.appmaster.job;

import java.util.List;
import java.util.stream.Stream;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.RosterAction;
import org.distbelief.appmaster.roster.Seat;

/**
 * Where containers run best: a replica near the data, its further partitions near its first, a shard anywhere, its
 * standby on another node.
 *
 * @param data nodes that hold most of the data
 */
record PreferredHosts(List<String> data) {
    PreferredHosts {
        data = List.copyOf(data);
    }

    /** @param seats where the job's members are */
    List<String> of(RosterAction.Request request, List<Seat> seats) {
        if (request.standby()) {
            return Stream.concat(data.stream(), seats.stream().map(Seat::host))
                    .filter(host -> host != null && !host.equals(request.avoid()))
                    .distinct()
                    .toList();
        }
        String near = request.near();
        if (near != null) {
            return List.of(near);
        }
        return request.member().role() == Role.REPLICA ? data : List.of();
    }
}
