package org.distbelief.appmaster.lbfgs;

import org.distbelief.paramserver.VectorName;

/**
 * All that is to be known between two iterations, beside the vectors that it names. Immutable, small, plain JSON. The
 * state is the commit: an iteration leaves the vectors of the state that it began with as they are, so whoever has that
 * state can run the iteration again.
 *
 * @param iteration iterations done
 * @param point the vector of the parameters reached
 * @param gradient the vector of the gradient there, with the L2 term's
 * @param loss the loss there, with the L2 term
 * @param gradientNorm length of the gradient
 * @param pointNorm length of the point
 * @param step how far the last iteration went, in lengths of its direction; 0 before the first one and where it found
 *     no decrease
 * @param evaluations losses and gradients that the last iteration took
 * @param totalEvaluations losses and gradients so far
 * @param history the pairs that are remembered
 */
public record LbfgsState(
        int iteration,
        VectorName point,
        VectorName gradient,
        double loss,
        double gradientNorm,
        double pointNorm,
        double step,
        int evaluations,
        long totalEvaluations,
        History history) {
    /** The same with the point in another vector. */
    LbfgsState at(VectorName vector) {
        return new LbfgsState(
                iteration,
                vector,
                gradient,
                loss,
                gradientNorm,
                pointNorm,
                step,
                evaluations,
                totalEvaluations,
                history);
    }
}
