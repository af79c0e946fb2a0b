package org.distbelief.conf;

/**
 * Sandblaster L-BFGS (paper, section 4.2).
 *
 * @param iterations how many iterations at most
 * @param batch examples of a batch, drawn portion by portion until there are at least as many; 0 for the whole split
 * @param resample iterations after which another batch is drawn, and noise such as dropout's; 0 for never
 * @param history pairs of steps and gradient changes that are remembered
 * @param curvature what becomes of a pair without positive curvature
 * @param l2 factor of half the squared length of the parameter vector, which is added to the loss
 * @param gradientTolerance stops when the length of the gradient is at most this times that of the parameters, or 1
 *     where they are shorter; 0 for never
 * @param lossTolerance stops when an iteration lowers the loss by at most this times the loss, or 1 where it is
 *     smaller; 0 for never
 * @param lineSearch how far an iteration goes
 * @param miniBatch examples that a replica computes at once; changes memory and speed alone
 * @param pushAfter completed portions after which a replica pushes their gradient
 * @param pushesAtOnce replicas that push at the same time; each takes a vector on the shards
 * @param backupCopies whether portions that are still outstanding when none is free are given to free replicas, too
 * @param deterministic whether the gradients of portions are added up in the order of the portions, so that how many
 *     replicas there are, and how fast, changes no bit
 * @param cacheBytes memory in each replica for examples that it has read
 */
public record SandblasterConfig(
        int iterations,
        long batch,
        int resample,
        int history,
        Curvature curvature,
        double l2,
        double gradientTolerance,
        double lossTolerance,
        LineSearchConfig lineSearch,
        int miniBatch,
        int pushAfter,
        int pushesAtOnce,
        boolean backupCopies,
        boolean deterministic,
        long cacheBytes) {
    private static final int MOST_HISTORY = 100;
    private static final long MIB = 1L << 20;
    private static final long CACHE = 64 * MIB;

    /** What becomes of a pair of a step and a gradient change without positive curvature. */
    public enum Curvature {
        /** It is not remembered. */
        SKIP,
        /** The gradient change is mixed with the step until the curvature is positive (Powell, 1978). */
        DAMP
    }

    static SandblasterConfig read(SectionReader section) {
        SandblasterConfig config = new SandblasterConfig(
                section.integer("iterations", 100, 1, 1_000_000),
                section.whole("batch", 0, 0, Long.MAX_VALUE),
                section.integer("resample", 0, 0, 1_000_000),
                section.integer("history", 10, 1, MOST_HISTORY),
                section.choice("curvature", Curvature.SKIP),
                section.number("l2", 0, 0, Double.MAX_VALUE),
                section.number("gradientTolerance", 1e-5, 0, 1),
                section.number("lossTolerance", 1e-9, 0, 1),
                LineSearchConfig.read(section.section("lineSearch")),
                section.integer("miniBatch", 256, 1, 1 << 20),
                section.integer("pushAfter", 4, 1, 1_000_000),
                section.integer("pushesAtOnce", 2, 1, 1000),
                section.flag("backupCopies", true),
                section.flag("deterministic", false),
                section.bytes("cache", CACHE, 0));
        section.finish();
        return config;
    }
}
