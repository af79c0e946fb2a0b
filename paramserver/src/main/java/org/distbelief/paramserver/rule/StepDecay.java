package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/**
 * The learning rate falls in stairs: factor(t) = factor^floor(t / every).
 *
 * @param every steps between two falls, at least 1
 * @param factor what is left of the rate at each, in (0, 1]
 */
public record StepDecay(long every, double factor) implements RateSchedule {
    /** The least factor that a job file may ask for. */
    static final double LEAST_FACTOR = 1e-9;

    @Override
    public double factor(long step) {
        long falls = step / every;
        return Math.pow(factor, (double) falls);
    }

    /** In the job file: {@code step: {every: 10000, factor: 0.5}}; both must be there. */
    @AutoService(RateScheduleType.class)
    public static final class Type implements RateScheduleType {
        @Override
        public String name() {
            return "step";
        }

        @Override
        public RateSchedule read(SectionReader settings) {
            return new StepDecay(
                    settings.whole("every", 1, Long.MAX_VALUE), settings.number("factor", LEAST_FACTOR, 1));
        }
    }
}
