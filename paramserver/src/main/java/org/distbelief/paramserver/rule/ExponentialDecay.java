package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/**
 * The learning rate falls smoothly: factor(t) = factor^(t / every).
 *
 * @param every steps after which the factor is reached, at least 1
 * @param factor what is left of the rate then, in (0, 1]
 */
public record ExponentialDecay(long every, double factor) implements RateSchedule {
    @Override
    public double factor(long step) {
        return Math.pow(factor, (double) step / every);
    }

    /** In the job file: {@code exponential: {every: 10000, factor: 0.5}}; both must be there. */
    @AutoService(RateScheduleType.class)
    public static final class Type implements RateScheduleType {
        @Override
        public String name() {
            return "exponential";
        }

        @Override
        public RateSchedule read(SectionReader settings) {
            return new ExponentialDecay(
                    settings.whole("every", 1, Long.MAX_VALUE), settings.number("factor", StepDecay.LEAST_FACTOR, 1));
        }
    }
}
