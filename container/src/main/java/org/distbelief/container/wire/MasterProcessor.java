package org.distbelief.container.wire;

import java.util.Map;
import org.apache.thrift.TException;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.MasterHandler;
import org.distbelief.container.wire.gen.ReportRefused;
import org.distbelief.container.wire.gen.ReportReply;
import org.distbelief.container.wire.gen.ReportRequest;
import org.distbelief.paramserver.wire.WireMethods;
import org.distbelief.paramserver.wire.WireProtocol;

/** The ApplicationMaster as a Thrift service, {@code Master} in {@code master.thrift}. */
public final class MasterProcessor {
    private final MasterHandler handler;

    /** @param handler answers the reports; called by many threads */
    public MasterProcessor(MasterHandler handler) {
        this.handler = handler;
    }

    /** The service's methods, for a {@link org.distbelief.paramserver.wire.ThriftServer}. */
    public WireMethods methods() {
        return new WireMethods(Map.of("exchange", this::exchange));
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
