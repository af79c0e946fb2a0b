package org.distbelief.conf;

import java.time.Duration;

/**
 * When checkpoints are taken.
 *
 * @param interval time between two checkpoints
 * @param keep how many committed checkpoints are kept, the newest ones
 */
public record CheckpointConfig(Duration interval, int keep) {
    static CheckpointConfig read(SectionReader section) {
        CheckpointConfig config = new CheckpointConfig(
                section.duration("interval", Duration.ofMinutes(5), Duration.ofSeconds(1)),
                section.integer("keep", 3, 1, 1000));
        section.finish();
        return config;
    }
}
