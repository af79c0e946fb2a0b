package org.distbelief.paramserver.rule;

import org.distbelief.conf.DownpourConfig;

/**
 * How the learning rate changes while training goes on: a factor by which every learning rate is multiplied. The unit
 * is the step, a mini-batch of any replica; those of all replicas are counted together. Immutable, without state.
 */
public interface RateSchedule {
    /**
     * The factor for one step.
     *
     * @param step steps before this one, from 0
     * @return in [0, 1]
     */
    double factor(long step);

    /**
     * The schedule that a job file asks for, with its warm-up.
     *
     * @throws org.distbelief.conf.JobFileException where there is no schedule of that name, or where a setting is
     *     unknown or impossible
     */
    static RateSchedule of(DownpourConfig config) {
        RateSchedule schedule = RateScheduleType.find(config.schedule());
        return config.warmUp() == 0 ? schedule : new WarmUp(config.warmUp(), schedule);
    }
}
