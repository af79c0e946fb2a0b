package org.distbelief.paramserver.rule;

import java.util.List;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.SectionReader;

/**
 * Lowers the learning rate of stale updates: factor(s) = 1 / max(1, s)^power for an update of staleness s. With a power
 * of 1 the rate is divided by the staleness, as in Zhang, Gupta, Lian and Liu, "Staleness-aware Async-SGD for
 * Distributed Deep Learning", IJCAI 2016. What a rule remembers takes the gradient whole; only the step of the
 * parameters is smaller.
 *
 * @param power how strongly, in [0, {@value #MOST_POWER}]; 0 for not at all
 */
public record StalenessScaling(double power) {
    private static final double MOST_POWER = 10;

    /** Every update has its whole rate. */
    public static StalenessScaling none() {
        return new StalenessScaling(0);
    }

    /**
     * The scaling that a job file asks for: {@code none}, or {@code inverse: {power: 1}}.
     *
     * @throws org.distbelief.conf.JobFileException where there is no scaling of that name, or where a setting is
     *     unknown or impossible
     */
    static StalenessScaling of(ComponentConfig config) {
        SectionReader settings = config.read();
        StalenessScaling scaling = switch (config.name()) {
            case "none" -> none();
            case "inverse" -> new StalenessScaling(settings.number("power", 1, 0, MOST_POWER));
            default -> throw config.unknown("staleness scaling", List.of("inverse", "none"));
        };
        settings.check();
        return scaling;
    }

    /**
     * The factor for one update.
     *
     * @param staleness updates that the shard has applied since the replica's fetch, from 0
     * @return in (0, 1]
     */
    public double factor(long staleness) {
        return Math.pow((double) Math.max(1, staleness), -power);
    }
}
