package org.distbelief.paramserver.rule;

/**
 * Lets the learning rate grow at first, and multiplies whatever schedule follows: factor(t) = min(1, (t + 1) / steps) *
 * schedule(t). The first step has a rate above 0.
 *
 * @param steps steps of growth, at least 1; the last of them has the whole rate
 * @param schedule what is multiplied; its steps are counted from the beginning too
 */
public record WarmUp(long steps, RateSchedule schedule) implements RateSchedule {
    @Override
    public double factor(long step) {
        double growth = step >= steps ? 1 : (step + 1.0) / steps;
        return growth * schedule.factor(step);
    }
}
