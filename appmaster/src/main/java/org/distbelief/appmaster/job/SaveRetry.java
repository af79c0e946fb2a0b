package org.distbelief.appmaster.job;

import java.time.Duration;

/**
 * When writing the model is tried again: for long enough that lost shards can come back. Not safe for several threads.
 */
final class SaveRetry {
    private static final int PATIENCE = 3;
    private static final int TRIES_PER_TIMEOUT = 10;

    private final long silenceMillis;
    private long firstFailure;
    private long next;

    /** @param silence how long it may take until a lost shard is noticed */
    SaveRetry(Duration silence) {
        this.silenceMillis = silence.toMillis();
    }

    /** Whether the pause since the last failure is over. */
    boolean mayTry(long now) {
        return now >= next;
    }

    /**
     * A try has failed.
     *
     * @return whether to give up
     */
    boolean failed(long now) {
        firstFailure = firstFailure == 0 ? now : firstFailure;
        next = now + silenceMillis / TRIES_PER_TIMEOUT;
        return now - firstFailure > PATIENCE * silenceMillis;
    }
}
