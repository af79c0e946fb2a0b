package org.distbelief.appmaster.roster;

import java.time.Duration;

/**
 * The roster's limits.
 *
 * @param shards how many parameter shards
 * @param copies processes that hold each of them: 1, or 2 for one that serves and its standby
 * @param replicas how many model replicas
 * @param partitions how many containers each replica is split over
 * @param allocationTimeout how long a member may wait for a container
 * @param silenceTimeout how long a started member may stay silent
 * @param maxFailures failures of the job's own making before it ends
 */
public record RosterSettings(
        int shards,
        int copies,
        int replicas,
        int partitions,
        Duration allocationTimeout,
        Duration silenceTimeout,
        int maxFailures) {
    private static final Duration SHORTEST_START = Duration.ofMinutes(5);

    /** How long a member may take from its container to its first word: files, the JVM, reading its vectors. */
    public Duration startTimeout() {
        return silenceTimeout.compareTo(SHORTEST_START) > 0 ? silenceTimeout : SHORTEST_START;
    }
}
