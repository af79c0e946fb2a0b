package org.distbelief.container.wire;

import java.io.IOException;
import java.time.Duration;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.wire.gen.BeatAnswer;
import org.distbelief.container.wire.gen.RefusalKind;
import org.distbelief.container.wire.gen.WorkAnswer;
import org.distbelief.container.wire.gen.WorkRefused;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * Speaks to the coordinator that leads over Thrift, on a connection for reports and one for signs of life. After a
 * failure it is looked up again, because another one may lead by then. For one thread that reports and one that sends
 * signs of life; {@link #close} may come from any.
 */
public final class ThriftCoordinator implements Coordinator {
    private final FoundConnection reports;
    private final FoundConnection beats;

    /**
     * @param directory where the coordinator that leads is
     * @param connect bound on connecting
     * @param limits bounds on what the coordinator sends and on its silence, which must be longer than it lets a report
     *     wait
     * @param security what the coordinator must prove, and this end to the coordinator
     */
    public ThriftCoordinator(ServerDirectory directory, Duration connect, WireLimits limits, WireSecurity security) {
        this.reports = new FoundConnection(directory, connect, limits, security);
        this.beats = new FoundConnection(directory, connect, limits, security);
    }

    @Override
    public WorkReply report(WorkReport report) throws IOException, InterruptedException, CoordinatorRefusedException {
        WorkAnswer answer = call(reports, "report", CoordinatorTranslation.request(report), new WorkAnswer());
        try {
            return CoordinatorTranslation.reply(answer);
        } catch (TException e) {
            reports.drop();
            throw new IOException("the coordinator gave no proper reply: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean beat(Beat beat) throws IOException, InterruptedException, CoordinatorRefusedException {
        return call(beats, "beat", CoordinatorTranslation.request(beat), new BeatAnswer())
                .isReport();
    }

    private static <T extends TSerializable> T call(
            FoundConnection connection, String method, TSerializable request, T answer)
            throws IOException, InterruptedException, CoordinatorRefusedException {
        try {
            connection.open().call(method, BoundedLists.of(request), BoundedLists.of(answer), new WorkRefused());
            return answer;
        } catch (WorkRefused e) {
            if (e.getKind() == RefusalKind.REPLACED) {
                throw new CoordinatorRefusedException("the coordinator refused the replica: " + e.getMessage());
            }
            connection.drop();
            throw new IOException("no coordinator leads: " + e.getMessage(), e);
        } catch (IOException | TException e) {
            connection.drop();
            if (Thread.interrupted()) {
                throw (InterruptedException)
                        new InterruptedException("interrupted while speaking to the coordinator").initCause(e);
            }
            throw new IOException("the coordinator gave no reply: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        reports.close();
        beats.close();
    }
}
