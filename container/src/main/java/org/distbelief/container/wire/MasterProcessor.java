package org.distbelief.container.wire;

import java.util.Map;
import org.apache.thrift.TException;
import org.distbelief.container.master.CoordinatorMasterHandler;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.MasterHandler;
import org.distbelief.container.wire.gen.CoordinatorReportReply;
import org.distbelief.container.wire.gen.CoordinatorReportRequest;
import org.distbelief.container.wire.gen.ReportRefused;
import org.distbelief.container.wire.gen.ReportReply;
import org.distbelief.container.wire.gen.ReportRequest;
import org.distbelief.paramserver.wire.WireMethods;
import org.distbelief.paramserver.wire.WireProtocol;

/** The ApplicationMaster as a Thrift service, {@code Master} in {@code master.thrift}. */
public final class MasterProcessor {
    private final MasterHandler handler;
    private final CoordinatorMasterHandler coordinators;

    /**
     * @param handler answers the replicas' reports; called by many threads
     * @param coordinators answers those of the coordinators; likewise
     */
    public MasterProcessor(MasterHandler handler, CoordinatorMasterHandler coordinators) {
        this.handler = handler;
        this.coordinators = coordinators;
    }

    /** A master whose job has no coordinators. */
    public MasterProcessor(MasterHandler handler) {
        this(handler, report -> {
            throw MasterException.refused(
                    "expected a job with coordinators", new IllegalStateException("found " + report.coordinator()));
        });
    }

    /** The service's methods, for a {@link org.distbelief.paramserver.wire.ThriftServer}. */
    public WireMethods methods() {
        return new WireMethods(Map.of("exchange", this::exchange, "coordinate", this::coordinate));
    }

    private WireMethods.Reply coordinate(WireProtocol in) throws TException {
        CoordinatorReportRequest request = new CoordinatorReportRequest();
        in.readArgument(BoundedLists.of(request));
        try {
            CoordinatorReportReply reply =
                    CommandTranslation.reply(coordinators.coordinate(CommandTranslation.report(request)));
            return out -> out.writeSingle(0, BoundedLists.of(reply));
        } catch (MasterException e) {
            ReportRefused refused = new ReportRefused(String.valueOf(e.getMessage()));
            return out -> out.writeSingle(1, refused);
        }
    }

    private WireMethods.Reply exchange(WireProtocol in) throws TException {
        ReportRequest request = new ReportRequest();
        in.readArgument(BoundedLists.of(request));
        try {
            ReportReply reply = Translation.reply(handler.exchange(Translation.report(request)));
            return out -> out.writeSingle(0, BoundedLists.of(reply));
        } catch (MasterException e) {
            ReportRefused refused = new ReportRefused(String.valueOf(e.getMessage()));
            return out -> out.writeSingle(1, refused);
        }
    }
}
