package org.distbelief.container.master;

import java.util.List;

/**
 * The state of a replica. Completions and scores are repeated in every report until a reply to a report that held them
 * arrives.
 *
 * @param replica number of the model replica, from 0
 * @param incarnation which life of the replica; a later process has a higher one
 * @param sequence ascends from report to report of an incarnation
 * @param wanted how many more portions the replica could use now
 * @param held ids of the leases it has got and has not completed; the master grants again what it thinks this replica
 *     holds but is not listed
 * @param completed training portions done
 * @param scored evaluation portions done
 * @param progress cumulative since the incarnation began
 */
public record Report(
        int replica,
        long incarnation,
        long sequence,
        int wanted,
        List<Long> held,
        List<Completed> completed,
        List<Scored> scored,
        Progress progress) {
    public Report {
        held = List.copyOf(held);
        completed = List.copyOf(completed);
        scored = List.copyOf(scored);
    }
}
