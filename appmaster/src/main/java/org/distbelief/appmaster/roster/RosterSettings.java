package org.distbelief.appmaster.roster;

import java.time.Duration;

/**
 * The roster's limits.
 *
 * @param shards how many parameter shards
 * @param replicas how many model replicas
 * @param allocationTimeout how long a member may wait for a container
 * @param silenceTimeout how long a started member may stay silent
 * @param maxFailures failures of the job's own making before it ends
 */
public record RosterSettings(
        int shards, int replicas, Duration allocationTimeout, Duration silenceTimeout, int maxFailures) {}
