package org.distbelief.paramserver.rule;

import java.util.List;
import java.util.ServiceLoader;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.SectionReader;

/** A kind of learning-rate schedule, as the job file names it; a service provider. */
public interface RateScheduleType {
    /** The name in the job file. */
    String name();

    /**
     * Reads a schedule's settings. Bad ones are noted in the reader, which returns a valid value in their place.
     *
     * @param settings the schedule's section; the caller checks it afterwards
     */
    RateSchedule read(SectionReader settings);

    /**
     * The schedule that a job file asks for, without its warm-up.
     *
     * @throws JobFileException where there is no schedule of that name, or where a setting is unknown or impossible
     */
    static RateSchedule find(ComponentConfig config) {
        List<RateScheduleType> types = all();
        RateScheduleType type = types.stream()
                .filter(t -> t.name().equals(config.name()))
                .findFirst()
                .orElseThrow(() -> config.unknown(
                        "learning-rate schedule",
                        types.stream().map(RateScheduleType::name).sorted().toList()));
        SectionReader settings = config.read();
        RateSchedule schedule = type.read(settings);
        settings.check();
        return schedule;
    }

    /** All kinds of schedules on the class path. */
    static List<RateScheduleType> all() {
        return ServiceLoader.load(RateScheduleType.class, RateScheduleType.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
