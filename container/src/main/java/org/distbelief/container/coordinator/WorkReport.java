package org.distbelief.container.coordinator;

import java.util.List;
import java.util.Optional;

/**
 * The state of a replica's work. The same report may come twice, and its answer may be lost: the next one carries all
 * again.
 *
 * @param replica number of the model replica, from 0
 * @param incarnation which life of the replica; a later one has a higher number
 * @param sequence ascends from report to report of an incarnation; a report that is sent again keeps it
 * @param batch what it works on; empty before the first
 * @param done the portion just computed, for which it awaits a verdict
 * @param working the portion that it is about, interrupted between two mini-batches
 * @param bundle portions whose gradients it has added up since the last push was begun
 * @param pushing the number of the push under way
 * @param pushed whether all shards have acknowledged that push
 * @param room whether it could begin a push now
 */
public record WorkReport(
        int replica,
        long incarnation,
        long sequence,
        Optional<BatchId> batch,
        Optional<Done> done,
        Optional<Integer> working,
        List<Integer> bundle,
        Optional<Long> pushing,
        boolean pushed,
        boolean room) {
    /** Copies the list. */
    public WorkReport {
        bundle = List.copyOf(bundle);
    }
}
