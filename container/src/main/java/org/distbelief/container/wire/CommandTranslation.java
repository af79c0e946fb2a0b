package org.distbelief.container.wire;

import java.util.Optional;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.Standing;
import org.distbelief.container.wire.gen.CoordinatorReportReply;
import org.distbelief.container.wire.gen.CoordinatorReportRequest;
import org.distbelief.container.wire.gen.WireOrder;
import org.distbelief.container.wire.gen.WireReplicaPlace;
import org.distbelief.container.wire.gen.WireStanding;
import org.jspecify.annotations.Nullable;

/** What coordinators and the master tell each other, to and from the types of the wire. */
final class CommandTranslation {
    private CommandTranslation() {}

    static CoordinatorReportRequest report(CoordinatorReport report) {
        CoordinatorReportRequest wire = new CoordinatorReportRequest(
                report.coordinator(),
                report.start(),
                report.elected(),
                report.term(),
                report.held(),
                report.figures(),
                report.leads());
        report.standing().ifPresent(standing -> wire.setStanding(standing(standing)));
        report.ended().ifPresent(wire::setEnded);
        return wire;
    }

    static CoordinatorReport report(CoordinatorReportRequest wire) throws TProtocolException {
        if (wire.getCoordinator() < 0 || wire.getStart() < 0 || wire.getTerm() < 0) {
            throw new TProtocolException(
                    TProtocolException.INVALID_DATA,
                    "expected coordinator, start and term from 0, found " + wire.getCoordinator() + ", "
                            + wire.getStart() + " and " + wire.getTerm());
        }
        return new CoordinatorReport(
                wire.getCoordinator(),
                wire.getStart(),
                wire.isElected(),
                wire.isLeads(),
                wire.getTerm(),
                standing(wire.isSetStanding() ? wire.getStanding() : null),
                wire.isHeld(),
                wire.isSetEnded() ? Optional.of(wire.getEnded()) : Optional.empty(),
                wire.getFigures());
    }

    static CoordinatorReportReply reply(CoordinatorReply reply) {
        CoordinatorReportReply wire = new CoordinatorReportReply(
                WireOrder.valueOf(reply.order().name()),
                reply.term(),
                reply.replicas().stream()
                        .map(r -> new WireReplicaPlace(r.replica(), r.incarnation(), r.host()))
                        .toList());
        reply.standing().ifPresent(standing -> wire.setStanding(standing(standing)));
        return wire;
    }

    static CoordinatorReply reply(CoordinatorReportReply wire) {
        return new CoordinatorReply(
                CoordinatorReply.Order.valueOf(wire.getOrder().name()),
                wire.getTerm(),
                standing(wire.isSetStanding() ? wire.getStanding() : null),
                wire.getReplicas().stream()
                        .map(r -> new CoordinatorReply.ReplicaPlace(r.getReplica(), r.getIncarnation(), r.getHost()))
                        .toList());
    }

    private static WireStanding standing(Standing standing) {
        return new WireStanding(
                standing.iteration(),
                standing.loss(),
                standing.gradientNorm(),
                standing.step(),
                standing.evaluations(),
                standing.examples(),
                standing.vectors(),
                standing.settled(),
                standing.state());
    }

    private static Optional<Standing> standing(@Nullable WireStanding wire) {
        return Optional.ofNullable(wire)
                .map(w -> new Standing(
                        w.getIteration(),
                        w.getLoss(),
                        w.getGradientNorm(),
                        w.getStep(),
                        w.getEvaluations(),
                        w.getExamples(),
                        w.getVectors(),
                        w.isSettled(),
                        w.getState()));
    }
}
