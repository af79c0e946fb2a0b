package org.distbelief.appmaster.lbfgs;

import org.distbelief.appmaster.lbfgs.LineSearch.Sample;

/**
 * The steps of a line search (Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM
 * Transactions on Mathematical Software 20, 1994): longer ones until a minimum lies between two of them, then the
 * minima of cubics and parabolas through them, kept inside. While no step has lowered the loss enough, the loss is seen
 * less the decrease that is asked for, so that the minimum of that is bracketed. Differences of losses below the noise
 * do not count: slopes decide then. Mutable, for one search.
 */
final class Bracket {
    private static final double LEAST_EXTENSION = 1.1;
    private static final double MOST_EXTENSION = 4;
    private static final double SHRINKING = 0.66;
    private static final double RETREAT = 0.1;
    private static final double CLOSE = 1e-10;
    private static final double HUNDREDTH = 0.01;

    private final Sample start;
    private final double asked;
    private final double noise;
    private boolean auxiliary = true;

    /** The best step so far. */
    private Sample best;

    /** The other end, once {@link #closed}. */
    private Sample other;

    private boolean closed;
    private double trial;
    private double least;
    private double most;
    private double ceiling = Double.POSITIVE_INFINITY;
    private double width = Double.POSITIVE_INFINITY;
    private double widthBefore = Double.POSITIVE_INFINITY;

    /**
     * Begins.
     *
     * @param decrease share of the slope at the start that the loss must follow
     * @param noise share of a loss below which a difference means nothing
     * @param first the first step
     */
    Bracket(Sample start, double decrease, double noise, double first) {
        this.start = start;
        this.asked = decrease * start.slope();
        this.noise = noise;
        this.best = start;
        this.other = start;
        this.trial = first;
        this.most = first + MOST_EXTENSION * first;
    }

    /** The step to try. */
    double trial() {
        return trial;
    }

    /** Whether more steps would tell nothing: the next one is as good as one that was tried. */
    boolean exhausted() {
        double far = Math.max(trial, best.step());
        boolean close = Math.abs(trial - best.step()) <= CLOSE * far;
        boolean insignificant = closed && width * -start.slope() <= HUNDREDTH * noise * Math.abs(start.loss());
        return close || insignificant || !Double.isFinite(trial);
    }

    /** The loss at the step is not finite: goes back towards the best one. */
    void retreat() {
        if (trial > best.step()) {
            ceiling = trial;
            closed &= other.step() < ceiling;
        }
        double share = best.step() == 0 ? RETREAT : 1.0 / 2;
        trial = best.step() + share * (trial - best.step());
        limit();
    }

    /** Takes the loss and slope at the step, both finite, and chooses the next one. */
    void advance(Sample sample) {
        boolean enough = sample.loss() <= start.loss() + asked * sample.step();
        if (auxiliary && enough && sample.slope() >= 0) {
            auxiliary = false;
        }
        if (auxiliary && !enough && sample.loss() <= best.loss()) {
            trial = next(tilted(best), tilted(other), tilted(sample));
            keep(sample, tilted(best), tilted(sample));
        } else {
            trial = next(best, other, sample);
            keep(sample, best, sample);
        }
        if (closed) {
            shrink();
        }
        limit();
    }

    /** The sample of the loss less the decrease that is asked for. */
    private Sample tilted(Sample sample) {
        return new Sample(sample.step(), sample.loss() - asked * sample.step(), sample.slope() - asked);
    }

    /** The step after {@code sample}, by the four cases of the paper's section 4. */
    private double next(Sample x, Sample y, Sample sample) {
        double at = sample.step();
        if (higher(x, sample)) {
            double cubic = Interpolation.cubic(x, sample);
            double parabola = Interpolation.parabola(x, sample);
            return Math.abs(cubic - x.step()) < Math.abs(parabola - x.step()) ? cubic : cubic + (parabola - cubic) / 2;
        }
        if (opposite(x, sample)) {
            double cubic = Interpolation.cubic(x, sample);
            double secant = Interpolation.secant(x, sample);
            return Math.abs(cubic - at) > Math.abs(secant - at) ? cubic : secant;
        }
        if (Math.abs(sample.slope()) < Math.abs(x.slope())) {
            return beyond(x, y, sample);
        }
        if (closed) {
            return Interpolation.cubic(y, sample);
        }
        return at > x.step() ? most : least;
    }

    /** The slope has the same sign and is smaller: the minimum may lie beyond. */
    private double beyond(Sample x, Sample y, Sample sample) {
        double at = sample.step();
        boolean up = at > x.step();
        double cubic = Interpolation.cubic(x, sample);
        if (!(up ? cubic > at : cubic < at)) {
            cubic = up ? most : least;
        }
        double secant = Interpolation.secant(x, sample);
        boolean cubicIsCloser = Math.abs(cubic - at) < Math.abs(secant - at);
        if (!closed) {
            return Math.max(least, Math.min(most, cubicIsCloser ? secant : cubic));
        }
        double chosen = cubicIsCloser ? cubic : secant;
        double bound = at + SHRINKING * (y.step() - at);
        return up ? Math.min(bound, chosen) : Math.max(bound, chosen);
    }

    /** Updates the ends; {@code x} and {@code seen} are best and sample as they are compared. */
    private void keep(Sample sample, Sample x, Sample seen) {
        if (higher(x, seen)) {
            other = sample;
            closed = true;
            return;
        }
        if (opposite(x, seen)) {
            other = best;
            closed = true;
        }
        best = sample;
    }

    private boolean higher(Sample x, Sample sample) {
        return sample.loss() > x.loss() + noise * Math.abs(x.loss());
    }

    private static boolean opposite(Sample x, Sample sample) {
        return Math.signum(x.slope()) * sample.slope() < 0;
    }

    private void shrink() {
        double now = Math.abs(other.step() - best.step());
        if (now >= SHRINKING * widthBefore) {
            trial = best.step() + (other.step() - best.step()) / 2;
        }
        widthBefore = width;
        width = now;
    }

    /** Keeps the trial within the bracket, or as far out as is allowed, and off what could not be computed. */
    private void limit() {
        if (closed) {
            least = Math.min(best.step(), other.step());
            most = Math.max(best.step(), other.step());
            if (!(trial > least && trial < most)) {
                trial = least + (most - least) / 2;
            }
        } else {
            least = trial + LEAST_EXTENSION * (trial - best.step());
            most = trial + MOST_EXTENSION * (trial - best.step());
        }
        if (trial >= ceiling) {
            trial = best.step() + (ceiling - best.step()) / 2;
        }
    }
}
