package org.distbelief.paramserver.wire;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.thrift.transport.TTransportException;

/**
 * The connections of a server take turns with large messages, payloads apart: only one is in memory at a time, whatever
 * peers send. Small ones pass at once. For any number of threads.
 */
final class LargeMessages {
    /** A message of more bytes is large. */
    static final int BYTES = 64 << 10;

    private final Semaphore turn = new Semaphore(1, true);

    /** One connection's turns. For one thread. */
    final class Turn implements AutoCloseable {
        private final Duration patience;
        private boolean taken;

        private Turn(Duration patience) {
            this.patience = patience;
        }

        /** Waits until it is the connection's turn, unless it is already. */
        void take() throws TTransportException {
            if (taken) {
                return;
            }
            try {
                taken = turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TTransportException(TTransportException.UNKNOWN, "interrupted", e);
            }
            if (!taken) {
                throw new TTransportException(
                        TTransportException.TIMED_OUT,
                        "another message of more than " + BYTES + " bytes has been worked on for " + patience.toMillis()
                                + " ms");
            }
        }

        /** Ends the turn, if it is the connection's. */
        @Override
        public void close() {
            if (taken) {
                taken = false;
                turn.release();
            }
        }
    }

    /** The turns of a connection. */
    Turn connection(Duration patience) {
        return new Turn(patience);
    }
}
