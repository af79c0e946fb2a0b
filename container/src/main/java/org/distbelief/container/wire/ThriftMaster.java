package org.distbelief.container.wire;

import java.io.IOException;
import java.time.Duration;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.distbelief.container.master.CoordinatorMaster;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.wire.gen.CoordinatorReportReply;
import org.distbelief.container.wire.gen.ReportRefused;
import org.distbelief.container.wire.gen.ReportReply;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * Speaks to the ApplicationMaster over Thrift. After a failure the master is looked up again, because it may have come
 * back elsewhere. For one thread at once; {@link #close} may come from any.
 */
public final class ThriftMaster implements Master, CoordinatorMaster {
    private final FoundConnection connection;

    /**
     * @param connect bound on connecting
     * @param limits bounds on what the master sends and on its silence
     * @param security what the master must prove, and this end to the master
     */
    public ThriftMaster(ServerDirectory directory, Duration connect, WireLimits limits, WireSecurity security) {
        this.connection = new FoundConnection(directory, connect, limits, security);
    }

    @Override
    public Reply exchange(Report report) throws MasterException, InterruptedException {
        ReportReply reply = new ReportReply();
        call("exchange", Translation.report(report), reply);
        return Translation.reply(reply);
    }

    @Override
    public CoordinatorReply coordinate(CoordinatorReport report) throws MasterException, InterruptedException {
        CoordinatorReportReply reply = new CoordinatorReportReply();
        call("coordinate", CommandTranslation.report(report), reply);
        return CommandTranslation.reply(reply);
    }

    private void call(String method, TSerializable report, TSerializable reply)
            throws MasterException, InterruptedException {
        try {
            connection.open().call(method, BoundedLists.of(report), BoundedLists.of(reply), new ReportRefused());
        } catch (ReportRefused e) {
            throw MasterException.refused("the ApplicationMaster refused the report: " + e.getMessage(), e);
        } catch (IOException | TException e) {
            connection.drop();
            if (Thread.interrupted()) {
                throw (InterruptedException)
                        new InterruptedException("interrupted while reporting to the ApplicationMaster").initCause(e);
            }
            throw MasterException.unreachable("the ApplicationMaster gave no reply: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
