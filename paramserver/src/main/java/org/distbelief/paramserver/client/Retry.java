package org.distbelief.paramserver.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The pauses between attempts to reach a shard: short at first, each twice as long as the one before. */
final class Retry {
    private static final long FIRST_MILLIS = 20;
    private static final long LONGEST_MILLIS = 1000;

    private long pause = FIRST_MILLIS;

    /**
     * How long to wait before the next attempt.
     *
     * @param left what is left of the bound
     * @param where the shard, for the message
     * @param bound how long attempts go on in all, for the message
     * @param cause why the last attempt failed
     * @throws ShardUnavailableException where the bound would be over by then
     */
    long nextMillis(Duration left, String where, Duration bound, Exception cause) throws ShardUnavailableException {
        if (left.toNanos() < TimeUnit.MILLISECONDS.toNanos(pause)) {
            throw new ShardUnavailableException(
                    "no answer from " + where + " within " + bound + "; the last failure: " + cause.getMessage(),
                    cause);
        }
        long now = pause;
        pause = Math.min(2 * pause, LONGEST_MILLIS);
        return now;
    }
}
