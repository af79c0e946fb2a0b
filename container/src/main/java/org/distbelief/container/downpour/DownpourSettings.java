package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.DownpourConfig;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.rule.VersionedRate;

/**
 * How a replica runs Downpour SGD.
 *
 * @param replica number of the model replica, from 0
 * @param incarnation which life of the replica this is; higher than all before
 * @param nFetch steps between two fetches, at least 1
 * @param nPush steps between two pushes, at least 1
 * @param overlap whether fetches and pushes run beside the computation
 * @param pushed how gradients travel to the shards
 * @param consistency how far replicas may run apart; if they go in step, fetches and pushes must not overlap with the
 *     computation
 * @param compared whether the update rule compares with the parameters as they were fetched
 * @param localLearningRate rate of the step on the replica's own copy, at least 0; the schedule's factor comes on top
 * @param clip bounds the gradient of each mini-batch; empty where none does
 * @param rate the factor of the learning rates, by the shards' version
 * @param settling updates that a shard must have seen before a replica no longer waits for each of its own pushes, at
 *     least 0
 * @param bound how long a fetch or a push may take, retries included
 */
public record DownpourSettings(
        int replica,
        long incarnation,
        int nFetch,
        int nPush,
        boolean overlap,
        Encoding pushed,
        Consistency consistency,
        boolean compared,
        double localLearningRate,
        Optional<GradientClip> clip,
        VersionedRate rate,
        long settling,
        Duration bound) {
    /** Settling updates of a job: measured to be enough for Adagrad's first steps. */
    private static final long SETTLING = 200;

    /** Checks the ranges. */
    public DownpourSettings {
        if (replica < 0 || incarnation < 0 || nFetch < 1 || nPush < 1 || settling < 0 || !(localLearningRate >= 0)) {
            throw new IllegalArgumentException(
                    "expected replica, incarnation and settling updates from 0, nFetch and nPush from 1 and a"
                            + " local learning rate of at least 0, found " + replica + ", " + incarnation + ", "
                            + nFetch + ", "
                            + nPush + ", " + localLearningRate + ", " + settling);
        }
    }

    /** As the job file says; a local learning rate that it does not give is the update rule's advice. */
    public static DownpourSettings of(DownpourConfig config, int replica, long incarnation, Duration bound) {
        UpdateRule rule = UpdateRuleType.find(config.update());
        Consistency consistency = Consistency.of(config);
        return new DownpourSettings(
                replica,
                incarnation,
                config.nFetch(),
                config.nPush(),
                config.overlap(),
                config.pushEncoding(),
                consistency,
                rule.comparesWithFetched(),
                // In step, the next parameters are waited for anyway.
                consistency instanceof Consistency.Synchronous
                        ? 0
                        : config.localLearningRate().orElseGet(rule::localLearningRate),
                config.clip().map(GradientClipType::find),
                VersionedRate.of(config),
                SETTLING,
                bound);
    }

    /**
     * The rate of a step on the replica's own copy.
     *
     * @param versions the shards' versions of the parameters, -1 for a shard that was not asked; the greatest counts
     */
    double localRate(List<Long> versions) {
        long version = versions.stream().mapToLong(Long::longValue).max().orElse(0);
        return localLearningRate * rate.factor(Math.max(0, version));
    }
}
