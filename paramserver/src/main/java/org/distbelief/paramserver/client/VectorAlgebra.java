package org.distbelief.paramserver.client;

import java.io.IOException;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;

/** Named vectors that lie elsewhere: programs go out, scalars come back. For one thread. */
@FunctionalInterface
public interface VectorAlgebra {
    /**
     * Runs a program on all vectors, in one round trip to each shard; exactly once, also where messages are lost.
     *
     * @return the results of its operations, in their order; each summed over the shards in their order
     * @throws ShardException where a vector is missing ({@link ShardException.Kind#NO_VECTOR}) or another coordinator
     *     has taken over ({@link ShardException.Kind#DEPOSED}); at that shard nothing has changed then
     * @throws IOException where a shard could not be reached in time; it is unknown then which shards have run it
     */
    double[] run(ShardProgram program) throws IOException, ShardException, InterruptedException;
}
