package org.distbelief.appmaster.lbfgs;

import org.distbelief.conf.LineSearchConfig;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.conf.SandblasterConfig.Curvature;

/**
 * Settings of {@link Lbfgs}.
 *
 * @param iterations how many at most
 * @param history pairs that are remembered, from 1
 * @param curvature what becomes of a pair without positive curvature
 * @param l2 factor of half the squared length of the point, which is added to the loss
 * @param gradientTolerance share of the point's length, or of 1 where it is shorter, that ends it; 0 for never
 * @param lossTolerance share of the loss, or of 1 where it is smaller, that ends it; 0 for never
 * @param lineSearch how far an iteration goes
 * @param noise share of a loss below which a difference means nothing
 */
public record LbfgsSettings(
        int iterations,
        int history,
        Curvature curvature,
        double l2,
        double gradientTolerance,
        double lossTolerance,
        LineSearchConfig lineSearch,
        double noise) {
    /** What a loss that is computed with floats can tell. */
    public static final double FLOAT_NOISE = 0x1p-23;

    /** Checks the history. */
    public LbfgsSettings {
        if (history < 1) {
            throw new IllegalArgumentException("expected a history of at least 1 pair, found " + history);
        }
    }

    /** The job's settings, for losses that are computed with floats. */
    public static LbfgsSettings of(SandblasterConfig config) {
        return new LbfgsSettings(
                config.iterations(),
                config.history(),
                config.curvature(),
                config.l2(),
                config.gradientTolerance(),
                config.lossTolerance(),
                config.lineSearch(),
                FLOAT_NOISE);
    }
}
