package org.distbelief.paramserver.wire;

import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.wire.gen.LeaveRequest;
import org.distbelief.paramserver.wire.gen.TurnReply;
import org.distbelief.paramserver.wire.gen.TurnRequest;

/** The calls by which replicas take turns, part of {@link ShardService}. */
final class PaceService {
    private final ParameterShard shard;

    PaceService(ParameterShard shard) {
        this.shard = shard;
    }

    /** Waits in the connection's thread; the end of the connection ends the membership. */
    WireMethods.Reply turn(WireProtocol in) throws TException {
        TurnRequest request = in.readArgument(new TurnRequest());
        Turn turn = Translation.turn(request);
        in.whenClosed(() -> shard.closed(in));
        try {
            Turn.Answer answer = shard.turn(request.getGeneration(), turn, in);
            return out -> out.writeSingle(0, new TurnReply(answer.granted(), answer.clock()));
        } catch (ShardException e) {
            return ShardService.refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TTransportException(TTransportException.UNKNOWN, "interrupted during " + turn, e);
        }
    }

    WireMethods.Reply leave(WireProtocol in) throws TException {
        LeaveRequest request = in.readArgument(new LeaveRequest());
        try {
            shard.leave(request.getGeneration(), request.getReplica(), request.getIncarnation());
            return WireProtocol::writeNothing;
        } catch (ShardException e) {
            return ShardService.refusal(e);
        }
    }
}
