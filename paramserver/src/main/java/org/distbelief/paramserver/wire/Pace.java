package org.distbelief.paramserver.wire;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long a message may take in all, so that a peer that sends a byte now and then does not hold a connection for
 * ever: an allowance, and a second more for each {@value #BYTES_PER_SECOND} bytes. The clock is read only where the
 * peer is waited for, so that a message that is there costs nothing. For one thread.
 */
final class Pace {
    /** The least that a peer must send, or take, on average. */
    static final int BYTES_PER_SECOND = 64 << 10;

    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / BYTES_PER_SECOND;

    private final LongSupplier nanoTime;
    private long allowanceNanos;
    private long bytes;
    private long since;
    private boolean waited;

    /** @param nanoTime the clock */
    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A message begins. */
    void begin(long allowanceMillis) {
        allowanceNanos = TimeUnit.MILLISECONDS.toNanos(allowanceMillis);
        bytes = 0;
        waited = false;
    }

    /** More of the message has come, or has gone. */
    void add(long count) {
        bytes += count;
    }

    /** Milliseconds for which the peer may still be waited for; 0 or less where it is too slow. */
    long leftMillis() {
        long now = nanoTime.getAsLong();
        if (!waited) {
            waited = true;
            since = now;
        }
        return TimeUnit.NANOSECONDS.toMillis(allowanceNanos + bytes * NANOS_PER_BYTE - (now - since));
    }

    /** For messages: what the peer was too slow for. */
    @Override
    public String toString() {
        return bytes + " bytes in " + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - since)
                + " ms; expected " + BYTES_PER_SECOND + " bytes a second after the first "
                + TimeUnit.NANOSECONDS.toMillis(allowanceNanos) + " ms";
    }
}
