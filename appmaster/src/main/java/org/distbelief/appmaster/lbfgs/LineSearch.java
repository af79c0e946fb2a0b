package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import org.distbelief.conf.LineSearchConfig;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/**
 * A search for a step that meets the strong Wolfe conditions: enough less loss, and much of the slope gone (Nocedal and
 * Wright, "Numerical Optimization", section 3.5). The steps tried are those of {@link Bracket}. Two things are added:
 *
 * <ul>
 *   <li>Where losses differ by less than their noise, only slopes can tell: the approximate Wolfe conditions will do
 *       then (Hager and Zhang, 2005).
 *   <li>A loss that is not finite makes the step shorter, and no step reaches that far again.
 * </ul>
 *
 * When the evaluations are used up, or the steps have come too close to each other, the best step that lowered the loss
 * enough is taken. Immutable.
 */
final class LineSearch {
    private final LineSearchConfig config;
    private final double noise;

    /** @param noise share of a loss below which a difference means nothing */
    LineSearch(LineSearchConfig config, double noise) {
        this.config = config;
        this.noise = noise;
    }

    /** The loss along a direction. */
    @FunctionalInterface
    interface Line {
        /** Computes loss and slope after a step. Where either is not finite, both are ignored. */
        Sample at(double step) throws IOException, ShardException, InterruptedException;
    }

    /** The loss after a step along the direction, and its derivative by the step. */
    record Sample(double step, double loss, double slope) {
        boolean finite() {
            return Double.isFinite(loss) && Double.isFinite(slope);
        }
    }

    /** How a search ended. */
    enum Ending {
        /** The strong Wolfe conditions hold. */
        WOLFE,
        /** The approximate ones hold, and the losses are too close to tell. */
        APPROXIMATE,
        /** Not these, but the loss is lower, by enough. */
        LOWER,
        /** No step lowered the loss enough. */
        FAILED
    }

    /**
     * What a search found.
     *
     * @param sample the step to take; the start where it failed
     * @param last whether that step was the last one computed
     * @param evaluations how many were computed
     */
    record Outcome(Ending ending, Sample sample, boolean last, int evaluations) {}

    /**
     * Searches.
     *
     * @param start loss and slope at step 0: the slope is below 0
     * @param first the first step to try, above 0
     */
    Outcome search(Line line, Sample start, double first) throws IOException, ShardException, InterruptedException {
        if (!(start.slope() < 0) || !(first > 0)) {
            throw new IllegalArgumentException(
                    "expected a slope below 0 and a first step above it, found " + start + " and step " + first);
        }
        double indistinct = noise * Math.abs(start.loss());
        Bracket bracket = new Bracket(start, config.decrease(), noise, first);
        Sample best = null;
        Sample last = start;
        int evaluations = 0;
        while (evaluations < config.evaluations() && !bracket.exhausted()) {
            last = line.at(bracket.trial());
            evaluations++;
            if (!last.finite()) {
                bracket.retreat();
                continue;
            }
            if (lower(start, last) && flat(start, last)) {
                return new Outcome(Ending.WOLFE, last, true, evaluations);
            }
            if (indistinct(start, last, indistinct) && flat(start, last)) {
                return new Outcome(Ending.APPROXIMATE, last, true, evaluations);
            }
            if (lower(start, last) && (best == null || last.loss() < best.loss())) {
                best = last;
            }
            bracket.advance(last);
        }
        return ended(start, best, last, evaluations);
    }

    private static Outcome ended(Sample start, @Nullable Sample best, Sample last, int evaluations) {
        return best == null
                ? new Outcome(Ending.FAILED, start, false, evaluations)
                : new Outcome(Ending.LOWER, best, best.equals(last), evaluations);
    }

    /** The first of the Wolfe conditions. */
    private boolean lower(Sample start, Sample sample) {
        return sample.loss() <= start.loss() + config.decrease() * sample.step() * start.slope();
    }

    /** The second one, in its strong form. */
    private boolean flat(Sample start, Sample sample) {
        return Math.abs(sample.slope()) <= -config.slope() * start.slope();
    }

    /** The first one by slopes, which say the same of a parabola, where losses don't tell. */
    private boolean indistinct(Sample start, Sample sample, double indistinct) {
        return Math.abs(sample.loss() - start.loss()) <= indistinct
                && sample.slope() <= (2 * config.decrease() - 1) * start.slope();
    }
}
