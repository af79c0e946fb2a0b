package org.distbelief.container.wire;

import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.distbelief.container.wire.gen.ReportReply;
import org.distbelief.container.wire.gen.ReportRequest;
import org.distbelief.container.wire.gen.WireCompleted;
import org.distbelief.container.wire.gen.WireKind;
import org.distbelief.container.wire.gen.WireLease;
import org.distbelief.container.wire.gen.WirePhase;
import org.distbelief.container.wire.gen.WireProgress;
import org.distbelief.container.wire.gen.WireScored;

/** The master's own types to and from those of the wire. */
final class Translation {
    private Translation() {}

    static ReportRequest report(Report report) {
        return new ReportRequest(
                report.replica(),
                report.incarnation(),
                report.sequence(),
                report.wanted(),
                report.held(),
                report.completed().stream()
                        .map(c -> new WireCompleted(c.lease(), c.examples()))
                        .toList(),
                report.scored().stream()
                        .map(s -> new WireScored(
                                s.lease(), s.lossSum(), s.examples(), s.correct(), s.groups(), s.groupsCorrect()))
                        .toList(),
                progress(report.progress()));
    }

    static Report report(ReportRequest wire) throws TProtocolException {
        if (wire.getReplica() < 0 || wire.getIncarnation() < 0 || wire.getWanted() < 0) {
            throw new TProtocolException(
                    TProtocolException.INVALID_DATA,
                    "expected replica, incarnation and wanted portions from 0, found " + wire.getReplica() + ", "
                            + wire.getIncarnation() + " and " + wire.getWanted());
        }
        return new Report(
                wire.getReplica(),
                wire.getIncarnation(),
                wire.getSequence(),
                wire.getWanted(),
                wire.getHeld(),
                wire.getCompleted().stream()
                        .map(c -> new Completed(c.getLease(), c.getExamples()))
                        .toList(),
                wire.getScored().stream()
                        .map(s -> new Scored(
                                s.getLease(),
                                s.getLossSum(),
                                s.getExamples(),
                                s.getCorrect(),
                                s.getGroups(),
                                s.getGroupsCorrect()))
                        .toList(),
                progress(wire.getProgress()));
    }

    private static WireProgress progress(Progress p) {
        return new WireProgress(
                p.steps(),
                p.examples(),
                p.lossSum(),
                p.fetches(),
                p.pushes(),
                p.pushesAcknowledged(),
                p.stalenessSum(),
                p.computeNanos(),
                p.fetchNanos(),
                p.pushNanos(),
                p.waitNanos(),
                p.drawn(),
                p.heapUsed(),
                p.directUsed());
    }

    private static Progress progress(WireProgress p) {
        return new Progress(
                p.getSteps(),
                p.getExamples(),
                p.getLossSum(),
                p.getFetches(),
                p.getPushes(),
                p.getPushesAcknowledged(),
                p.getStalenessSum(),
                p.getComputeNanos(),
                p.getFetchNanos(),
                p.getPushNanos(),
                p.getWaitNanos(),
                p.getDrawn(),
                p.getHeapUsed(),
                p.getDirectUsed());
    }

    static ReportReply reply(Reply reply) {
        return new ReportReply(
                switch (reply.phase()) {
                    case TRAIN -> WirePhase.TRAIN;
                    case EVALUATE -> WirePhase.EVALUATE;
                    case FINISH -> WirePhase.FINISH;
                },
                reply.leases().stream()
                        .map(l -> new WireLease(
                                l.id(),
                                l.epoch(),
                                l.portion(),
                                l.kind() == Kind.TRAIN ? WireKind.TRAIN : WireKind.EVALUATE))
                        .toList(),
                reply.retryAfterMillis(),
                reply.drain());
    }

    static Reply reply(ReportReply wire) {
        return new Reply(
                switch (wire.getPhase()) {
                    case TRAIN -> Phase.TRAIN;
                    case EVALUATE -> Phase.EVALUATE;
                    case FINISH -> Phase.FINISH;
                },
                wire.getLeases().stream()
                        .map(l -> new Lease(
                                l.getId(),
                                l.getEpoch(),
                                l.getPortion(),
                                l.getKind() == WireKind.TRAIN ? Kind.TRAIN : Kind.EVALUATE))
                        .toList(),
                Math.max(1, wire.getRetryAfterMillis()),
                wire.isDrain());
    }
}
