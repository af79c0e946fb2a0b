package org.distbelief.container.wire;

import java.util.List;
import java.util.Optional;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.wire.gen.BeatRequest;
import org.distbelief.container.wire.gen.WireBatch;
import org.distbelief.container.wire.gen.WireBatchId;
import org.distbelief.container.wire.gen.WireDone;
import org.distbelief.container.wire.gen.WirePush;
import org.distbelief.container.wire.gen.WorkAnswer;
import org.distbelief.container.wire.gen.WorkRequest;
import org.distbelief.paramserver.VectorName;

/** The coordinator's own types to and from those of the wire. What comes from outside is checked. */
final class CoordinatorTranslation {
    private CoordinatorTranslation() {}

    static WorkRequest request(WorkReport report) {
        WorkRequest wire = new WorkRequest(
                report.replica(),
                report.incarnation(),
                report.sequence(),
                report.bundle(),
                report.pushed(),
                report.room());
        report.batch().ifPresent(id -> wire.setBatch(id(id)));
        report.done().ifPresent(done -> wire.setDone(new WireDone(done.portion(), done.lossSum(), done.examples())));
        report.working().ifPresent(wire::setWorking);
        report.pushing().ifPresent(wire::setPushing);
        return wire;
    }

    static WorkReport report(WorkRequest wire) throws TProtocolException {
        requireFromZero("replica", wire.getReplica());
        requireFromZero("incarnation", wire.getIncarnation());
        requirePortions(wire.getBundle());
        Optional<Done> done = Optional.empty();
        if (wire.isSetDone()) {
            WireDone it = wire.getDone();
            requireFromZero("portion", it.getPortion());
            requireFromZero("examples", it.getExamples());
            done = Optional.of(new Done(it.getPortion(), it.getLossSum(), it.getExamples()));
        }
        return new WorkReport(
                wire.getReplica(),
                wire.getIncarnation(),
                wire.getSequence(),
                wire.isSetBatch() ? Optional.of(id(wire.getBatch())) : Optional.empty(),
                done,
                portion(wire.isSetWorking(), wire.getWorking()),
                wire.getBundle(),
                wire.isSetPushing() ? Optional.of(wire.getPushing()) : Optional.empty(),
                wire.isPushed(),
                wire.isRoom());
    }

    static WorkAnswer answer(WorkReply reply) {
        WorkAnswer wire = new WorkAnswer(reply.keep(), reply.drop(), reply.ahead());
        reply.batch()
                .ifPresent(order -> wire.setBatch(
                        new WireBatch(id(order.id()), order.point().value(), order.noise())));
        reply.push()
                .ifPresent(order ->
                        wire.setPush(new WirePush(order.number(), order.into().value())));
        reply.compute().ifPresent(wire::setCompute);
        return wire;
    }

    static WorkReply reply(WorkAnswer wire) throws TProtocolException {
        requirePortions(wire.getAhead());
        Optional<BatchOrder> batch = Optional.empty();
        if (wire.isSetBatch()) {
            WireBatch it = wire.getBatch();
            batch = Optional.of(new BatchOrder(id(it.getId()), vector(it.getPoint()), it.getNoise()));
        }
        Optional<PushOrder> push = Optional.empty();
        if (wire.isSetPush()) {
            push = Optional.of(new PushOrder(
                    wire.getPush().getNumber(), vector(wire.getPush().getInto())));
        }
        return new WorkReply(
                batch,
                wire.isKeep(),
                wire.isDrop(),
                push,
                portion(wire.isSetCompute(), wire.getCompute()),
                wire.getAhead());
    }

    static BeatRequest request(Beat beat) {
        BeatRequest wire = new BeatRequest(beat.replica(), beat.incarnation());
        beat.batch().ifPresent(id -> wire.setBatch(id(id)));
        beat.working().ifPresent(wire::setWorking);
        return wire;
    }

    static Beat beat(BeatRequest wire) throws TProtocolException {
        requireFromZero("replica", wire.getReplica());
        requireFromZero("incarnation", wire.getIncarnation());
        return new Beat(
                wire.getReplica(),
                wire.getIncarnation(),
                wire.isSetBatch() ? Optional.of(id(wire.getBatch())) : Optional.empty(),
                portion(wire.isSetWorking(), wire.getWorking()));
    }

    private static WireBatchId id(BatchId id) {
        return new WireBatchId(id.term(), id.number());
    }

    private static BatchId id(WireBatchId wire) {
        return new BatchId(wire.getTerm(), wire.getNumber());
    }

    private static VectorName vector(String name) throws TProtocolException {
        try {
            return new VectorName(name);
        } catch (IllegalArgumentException e) {
            throw new TProtocolException(TProtocolException.INVALID_DATA, e.getMessage(), e);
        }
    }

    private static Optional<Integer> portion(boolean set, int portion) throws TProtocolException {
        if (!set) {
            return Optional.empty();
        }
        requireFromZero("portion", portion);
        return Optional.of(portion);
    }

    private static void requirePortions(List<Integer> portions) throws TProtocolException {
        for (int portion : portions) {
            requireFromZero("portion", portion);
        }
    }

    private static void requireFromZero(String what, long number) throws TProtocolException {
        if (number < 0) {
            throw new TProtocolException(
                    TProtocolException.INVALID_DATA, "expected a number from 0 for " + what + ", found " + number);
        }
    }
}
