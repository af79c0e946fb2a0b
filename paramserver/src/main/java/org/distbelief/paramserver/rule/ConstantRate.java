package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/** The learning rate stays as it is: factor(t) = 1. The default, and the paper's way (section 4.1). */
public record ConstantRate() implements RateSchedule {
    @Override
    public double factor(long step) {
        return 1;
    }

    /** In the job file: {@code constant}. */
    @AutoService(RateScheduleType.class)
    public static final class Type implements RateScheduleType {
        @Override
        public String name() {
            return "constant";
        }

        @Override
        public RateSchedule read(SectionReader settings) {
            return new ConstantRate();
        }
    }
}
