package org.distbelief.paramserver.rule;

import org.distbelief.conf.DownpourConfig;

/**
 * The factor of the learning rates by the version of a shard: the updates that it has applied, each the gradient of
 * {@code nPush} steps. The version is part of a checkpoint, so that a job that goes on from one also goes on in its
 * schedule.
 *
 * @param schedule the factor by steps
 * @param nPush steps that one update holds, at least 1
 * @param scaling the factor by staleness, for the shards' updates alone
 */
public record VersionedRate(RateSchedule schedule, int nPush, StalenessScaling scaling) {
    /** Without regard to staleness. */
    public VersionedRate(RateSchedule schedule, int nPush) {
        this(schedule, nPush, StalenessScaling.none());
    }

    /**
     * As the job file says; both shards and replicas make theirs of it.
     *
     * @throws org.distbelief.conf.JobFileException where there is no schedule or scaling of that name, or where a
     *     setting is unknown or impossible
     */
    public static VersionedRate of(DownpourConfig config) {
        return new VersionedRate(
                RateSchedule.of(config), config.nPush(), StalenessScaling.of(config.stalenessScaling()));
    }

    /** The factor is always 1. */
    public static VersionedRate constant() {
        return new VersionedRate(new ConstantRate(), 1);
    }

    /**
     * The factor for a step on a replica's own copy.
     *
     * @param version updates that the shard had applied before it, from 0
     */
    public double factor(long version) {
        return schedule.factor(version * nPush);
    }

    /**
     * The factor for an update of a shard.
     *
     * @param version updates that the shard had applied before it, from 0
     * @param staleness how many of them it applied after the replica's fetch, from 0; 0 where that is not known
     */
    public double factor(long version, long staleness) {
        return factor(version) * scaling.factor(staleness);
    }
}
