package org.distbelief.paramserver.rule;

import org.distbelief.conf.DownpourConfig;

/**
 * A schedule by the version of a shard: the updates that it has applied, each the gradient of {@code nPush} steps. The
 * version is part of a checkpoint, so that a job that goes on from one also goes on in its schedule.
 *
 * @param schedule the factor by steps
 * @param nPush steps that one update holds, at least 1
 */
public record VersionedRate(RateSchedule schedule, int nPush) {
    /** As the job file says; both shards and replicas make theirs of it. */
    public static VersionedRate of(DownpourConfig config) {
        return new VersionedRate(RateSchedule.of(config), config.nPush());
    }

    /** The factor is always 1. */
    public static VersionedRate constant() {
        return new VersionedRate(new ConstantRate(), 1);
    }

    /**
     * The factor for an update or a step.
     *
     * @param version updates that the shard had applied before it, from 0
     */
    public double factor(long version) {
        return schedule.factor(version * nPush);
    }
}
