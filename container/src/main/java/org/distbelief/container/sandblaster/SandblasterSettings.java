package org.distbelief.container.sandblaster;

import java.time.Duration;

/**
 * How a replica runs Sandblaster.
 *
 * @param replica number of the model replica, from 0
 * @param incarnation which life of the replica this is; higher than all before
 * @param beat time between two signs of life to the coordinator
 * @param bound how long the replica waits for a coordinator that leads, and for a batch's parameters on the shards
 */
public record SandblasterSettings(int replica, long incarnation, Duration beat, Duration bound) {
    /** Checks the ranges. */
    public SandblasterSettings {
        if (replica < 0 || incarnation < 0 || beat.isNegative() || beat.isZero()) {
            throw new IllegalArgumentException("expected replica and incarnation from 0 and some time between beats,"
                    + " found " + replica + ", " + incarnation + ", " + beat);
        }
    }
}
