package org.distbelief.appmaster.bench;

import java.io.IOException;
import org.distbelief.appmaster.sandblaster.TermAlgebra;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.shard.ShardException;

/** Counts what goes to the shards. */
final class CountedAlgebra implements TermAlgebra {
    private final ShardedAlgebra shards;
    private final ProgramCounts counts;

    /** @param shards closed with this */
    CountedAlgebra(ShardedAlgebra shards, ProgramCounts counts) {
        this.shards = shards;
        this.counts = counts;
    }

    @Override
    public double[] run(ShardProgram program) throws IOException, ShardException, InterruptedException {
        long before = bytesSent() + bytesReceived();
        double[] results = shards.run(program);
        counts.ran(bytesSent() + bytesReceived() - before);
        return results;
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
