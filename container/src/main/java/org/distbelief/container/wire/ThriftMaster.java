package org.distbelief.container.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.apache.thrift.TException;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.wire.gen.ReportRefused;
import org.distbelief.container.wire.gen.ReportReply;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftConnection;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to the ApplicationMaster over Thrift. After a failure the master is looked up again, because it may have come
 * back elsewhere. For one thread at once; {@link #close} may come from any.
 */
public final class ThriftMaster implements Master {
    private final MasterDirectory directory;
    private final Duration connect;
    private final WireLimits limits;
    private final WireSecurity security;
    private @Nullable ThriftConnection connection;
    private boolean closed;

    /**
     * @param connect bound on connecting
     * @param limits bounds on what the master sends and on its silence
     * @param security what the master must prove, and this end to the master
     */
    public ThriftMaster(MasterDirectory directory, Duration connect, WireLimits limits, WireSecurity security) {
        this.directory = directory;
        this.connect = connect;
        this.limits = limits;
        this.security = security;
    }

    @Override
    public Reply exchange(Report report) throws MasterException, InterruptedException {
        try {
            ReportReply reply = new ReportReply();
            open().call(
                            "exchange",
                            BoundedLists.of(Translation.report(report)),
                            BoundedLists.of(reply),
                            new ReportRefused());
            return Translation.reply(reply);
        } catch (ReportRefused e) {
            throw MasterException.refused("the ApplicationMaster refused the report: " + e.getMessage(), e);
        } catch (IOException | TException e) {
            drop();
            if (Thread.interrupted()) {
                throw (InterruptedException)
                        new InterruptedException("interrupted while reporting to the ApplicationMaster").initCause(e);
            }
            throw MasterException.unreachable("the ApplicationMaster gave no reply: " + e.getMessage(), e);
        }
    }

    private ThriftConnection open() throws IOException, InterruptedException {
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

    private synchronized void drop() {
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
