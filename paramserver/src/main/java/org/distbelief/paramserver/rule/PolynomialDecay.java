package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/**
 * The learning rate falls to a part of itself and stays there: factor(t) = end + (1 - end) * (1 - min(t, steps) /
 * steps)^power.
 *
 * @param steps steps after which the end is reached, at least 1
 * @param power 1 for a straight line, more to fall the sooner; above 0
 * @param end what is left of the rate from then on, in [0, 1]
 */
public record PolynomialDecay(long steps, double power, double end) implements RateSchedule {
    @Override
    public double factor(long step) {
        double left = 1 - (double) Math.min(step, steps) / steps;
        return end + (1 - end) * Math.pow(left, power);
    }

    /** In the job file: {@code polynomial: {steps: 100000, power: 1, end: 0}}; the steps must be there. */
    @AutoService(RateScheduleType.class)
    public static final class Type implements RateScheduleType {
        private static final double LEAST_POWER = 0.01;
        private static final double MOST_POWER = 100;

        @Override
        public String name() {
            return "polynomial";
        }

        @Override
        public RateSchedule read(SectionReader settings) {
            return new PolynomialDecay(
                    settings.whole("steps", 1, Long.MAX_VALUE),
                    settings.number("power", 1, LEAST_POWER, MOST_POWER),
                    settings.number("end", 0, 0, 1));
        }
    }
}
