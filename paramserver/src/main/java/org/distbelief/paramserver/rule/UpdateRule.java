package org.distbelief.paramserver.rule;

import java.util.List;
import java.util.Optional;

/**
 * Changes parameters by a gradient, coordinate by coordinate. A rule has no state of its own: what it remembers are
 * named vectors that the shard keeps beside the parameters. Used by several threads at once, each on another chunk.
 *
 * <p>A rule's Java code is its specification. It says in which order it computes in float32, each operation rounded to
 * nearest without contraction of a product and a sum; {@code (float) Math.sqrt(x)} of a float is the root rounded to
 * float32. Native code for a rule gives the same bits.
 */
public interface UpdateRule {
    /** The vectors that the rule keeps, in the order in which {@link #apply} gets them. */
    List<StateVector> state();

    /**
     * Whether the rule looks at the parameters from which the replica computed its gradient. Then {@link #apply} gets
     * them as one more array behind the state's.
     */
    default boolean comparesWithFetched() {
        return false;
    }

    /**
     * The learning rate with which a replica should step its own copy of the parameters between fetches (paper, section
     * 4.1), where the job file gives none; the schedule's factor comes on top.
     */
    double localLearningRate();

    /**
     * Applies the gradient of one chunk. Only the first {@code length} elements of each array count. The result for a
     * parameter depends on that parameter's values alone, so that it does not matter how a vector is cut into chunks.
     *
     * @param parameters changed in place
     * @param state changed in place; one array for each of {@link #state}. Where the rule {@link #comparesWithFetched},
     *     one more stands behind them, which is not changed: the parameters as the replica had fetched them, or
     *     {@code parameters} itself where the shard does not know them
     * @param gradient finite numbers; not changed
     * @param context about the push that brought the gradient; the rule multiplies its learning rate by the factor in
     *     it
     */
    void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context);

    /**
     * The native code that does the same as {@link #apply}, and faster.
     *
     * @return empty where there is none
     */
    default Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.empty();
    }
}
