package org.distbelief.paramserver.shard;

import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.UpdateRuleType;

/**
 * What a job's shards hold of each parameter.
 *
 * @param rule update rule, whose state is kept beside the parameters
 * @param pacing how far the replicas may run apart, and what is kept for that
 * @param mostVectors how many named vectors there may be at the same time: the parameters, the rule's state, and those
 *     that programs make
 */
public record Holdings(UpdateRule rule, Pacing pacing, int mostVectors) {
    /** Of L-BFGS besides its history and what is pushed: parameters, trial point, two gradients, and one to spare. */
    private static final int BESIDE_HISTORY = 5;

    /** A shard that runs no programs which make vectors. */
    public Holdings(UpdateRule rule, Pacing pacing) {
        this(rule, pacing, 1 + rule.state().size());
    }

    /**
     * As a job file says.
     *
     * @throws org.distbelief.conf.JobFileException where it asks for an update rule or a consistency that there is not
     */
    public static Holdings of(JobConfig job) {
        return job.optimiser() == Optimiser.SANDBLASTER
                ? sandblaster(job.sandblaster())
                : new Holdings(UpdateRuleType.find(job.downpour().update()), Pacing.of(job));
    }

    /** Nothing is applied by a rule: what is pushed is added to vectors, one for each replica that pushes at once. */
    private static Holdings sandblaster(SandblasterConfig config) {
        int history = 2 * (config.history() + 1);
        return new Holdings(new Sgd(0), Pacing.asynchronous(), history + BESIDE_HISTORY + config.pushesAtOnce());
    }

    /** Whether there may be vectors that programs make. */
    public boolean runsPrograms() {
        return mostVectors > 1 + rule.state().size();
    }
}
