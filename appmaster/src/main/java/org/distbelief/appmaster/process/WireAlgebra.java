package org.distbelief.appmaster.process;

import java.io.IOException;
import org.distbelief.appmaster.sandblaster.TermAlgebra;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.shard.ShardException;

/**
 * The vectors of all shards, over their connections.
 *
 * @param shards speaks to them
 */
record WireAlgebra(ShardedAlgebra shards) implements TermAlgebra {
    @Override
    public double[] run(ShardProgram program) throws IOException, ShardException, InterruptedException {
        return shards.run(program);
    }

    @Override
    public long bytesSent() {
        return shards.traffic().stream().mapToLong(Traffic::sent).sum();
    }

    @Override
    public long bytesReceived() {
        return shards.traffic().stream().mapToLong(Traffic::received).sum();
    }

    @Override
    public void close() {
        shards.close();
    }
}
