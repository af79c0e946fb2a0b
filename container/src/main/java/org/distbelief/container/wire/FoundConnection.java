package org.distbelief.container.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftConnection;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * A connection to whatever a directory names. It is looked up again after a failure, because it may have come back
 * elsewhere. For one thread at once; {@link #close} may come from any.
 */
final class FoundConnection implements AutoCloseable {
    private final ServerDirectory directory;
    private final Duration connect;
    private final WireLimits limits;
    private final WireSecurity security;
    private @Nullable ThriftConnection connection;
    private boolean closed;

    FoundConnection(ServerDirectory directory, Duration connect, WireLimits limits, WireSecurity security) {
        this.directory = directory;
        this.connect = connect;
        this.limits = limits;
        this.security = security;
    }

    /** The connection; looked up where there is none. */
    ThriftConnection open() throws IOException, InterruptedException {
        synchronized (this) {
            if (connection != null) {
                return connection;
            }
        }
        InetSocketAddress address = directory.find();
        synchronized (this) {
            if (closed) {
                throw new IOException("the connection was closed");
            }
            connection = new ThriftConnection(address.getHostString(), address.getPort(), connect, limits, security);
            return connection;
        }
    }

    /** It has failed, or leads to the wrong place. */
    synchronized void drop() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
