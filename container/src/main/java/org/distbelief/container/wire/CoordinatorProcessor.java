package org.distbelief.container.wire;

import java.util.Map;
import org.apache.thrift.TException;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.NotLeadingException;
import org.distbelief.container.wire.gen.BeatAnswer;
import org.distbelief.container.wire.gen.BeatRequest;
import org.distbelief.container.wire.gen.RefusalKind;
import org.distbelief.container.wire.gen.WorkAnswer;
import org.distbelief.container.wire.gen.WorkRefused;
import org.distbelief.container.wire.gen.WorkRequest;
import org.distbelief.paramserver.wire.WireMethods;
import org.distbelief.paramserver.wire.WireProtocol;

/** Sandblaster's coordinator as a Thrift service, {@code Coordinator} in {@code coordinator.thrift}. */
public final class CoordinatorProcessor {
    private final CoordinatorHandler handler;

    /** @param handler answers; called by a thread of each connection */
    public CoordinatorProcessor(CoordinatorHandler handler) {
        this.handler = handler;
    }

    /** The service's methods, for a {@link org.distbelief.paramserver.wire.ThriftServer}. */
    public WireMethods methods() {
        return new WireMethods(Map.of("report", this::report, "beat", this::beat));
    }

    private WireMethods.Reply report(WireProtocol in) throws TException {
        WorkRequest request = new WorkRequest();
        in.readArgument(BoundedLists.of(request));
        try {
            WorkAnswer answer = CoordinatorTranslation.answer(handler.report(CoordinatorTranslation.report(request)));
            return out -> out.writeSingle(0, BoundedLists.of(answer));
        } catch (CoordinatorRefusedException e) {
            return refusal(RefusalKind.REPLACED, e);
        } catch (NotLeadingException e) {
            return refusal(RefusalKind.NOT_LEADING, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TException("interrupted while a report of replica " + request.getReplica() + " waited", e);
        }
    }

    private WireMethods.Reply beat(WireProtocol in) throws TException {
        BeatRequest request = new BeatRequest();
        in.readArgument(BoundedLists.of(request));
        try {
            BeatAnswer answer = new BeatAnswer(handler.beat(CoordinatorTranslation.beat(request)));
            return out -> out.writeSingle(0, answer);
        } catch (CoordinatorRefusedException e) {
            return refusal(RefusalKind.REPLACED, e);
        } catch (NotLeadingException e) {
            return refusal(RefusalKind.NOT_LEADING, e);
        }
    }

    private static WireMethods.Reply refusal(RefusalKind kind, Exception reason) {
        WorkRefused refused = new WorkRefused(kind, String.valueOf(reason.getMessage()));
        return out -> out.writeSingle(1, refused);
    }
}
