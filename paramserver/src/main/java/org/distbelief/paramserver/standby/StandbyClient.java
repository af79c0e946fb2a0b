package org.distbelief.paramserver.standby;

import java.io.IOException;
import org.distbelief.paramserver.shard.ShardException;

/** Speaks to a standby for one link. For one thread; {@link #close} may come from any. */
public interface StandbyClient extends AutoCloseable {
    /** Waits for a sign of life; connects first, where that has not been done. No message may be on its way. */
    void ping() throws IOException;

    /** Begins the link. */
    void begin(Leading.Beginning beginning) throws IOException, ShardException;

    /**
     * Sends a message without waiting for the standby.
     *
     * @param message its buffers must not change before it has been {@link #received} or this client is closed
     */
    void send(Message message) throws IOException;

    /** Waits until the standby has the oldest message that was sent. */
    void received() throws IOException, ShardException;

    @Override
    void close();
}
