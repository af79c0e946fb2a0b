package org.distbelief.appmaster.roster;

import java.time.Duration;

/**
 * The roster's limits.
 *
 * @param shards how many parameter shards
 * @param copies processes that hold each of them: 1, or 2 for one that serves and its standby
 * @param replicas how many model replicas
 * @param partitions how many containers each replica is split over
 * @param coordinators how many coordinators
 * @param allocationTimeout how long a member may wait for a container
 * @param silenceTimeout how long a started member may stay silent
 * @param maxFailures failures of the job's own making before it ends
 */
public record RosterSettings(
        int shards,
        int copies,
        int replicas,
        int partitions,
        int coordinators,
        Duration allocationTimeout,
        Duration silenceTimeout,
        int maxFailures) {
    private static final Duration SHORTEST_START = Duration.ofMinutes(5);
    /** For ZooKeeper to end a session, which it does in steps of its own, and for the standby's word. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** How long a member may take from its container to its first word: files, the JVM, reading its vectors. */
    public Duration startTimeout() {
        return silenceTimeout.compareTo(SHORTEST_START) > 0 ? silenceTimeout : SHORTEST_START;
    }

    /**
     * How long a standby may take until it says that it serves: ZooKeeper misses a process that is cut off after the
     * silence time-out.
     */
    public Duration takeoverTimeout() {
        return silenceTimeout.plus(MARGIN);
    }
}
