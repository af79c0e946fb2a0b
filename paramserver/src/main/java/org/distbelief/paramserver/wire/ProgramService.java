package org.distbelief.paramserver.wire;

import java.util.List;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.wire.gen.RunReply;
import org.distbelief.paramserver.wire.gen.RunRequest;

/** The call by which a coordinator works on a shard's vectors, part of {@link ShardService}. */
final class ProgramService {
    private final ParameterShard shard;

    ProgramService(ParameterShard shard) {
        this.shard = shard;
    }

    WireMethods.Reply run(WireProtocol in) throws TException {
        RunRequest request = in.readArgument(new RunRequest());
        NumberedProgram program = ProgramTranslation.program(request);
        try {
            List<Double> results = shard.run(request.getGeneration(), request.getParameters(), program);
            return out -> out.writeSingle(0, new RunReply(results));
        } catch (ShardException e) {
            return ShardService.refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TTransportException(TTransportException.UNKNOWN, "interrupted during " + program, e);
        }
    }
}
