package org.distbelief.container.sandblaster;

import java.io.IOException;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.ShardException;

/** How a bundle of gradients gets to the shards. */
@FunctionalInterface
public interface BundlePush {
    /**
     * Adds a gradient to a vector of the shards, and waits until all of them have acknowledged it.
     *
     * @param into the vector
     * @param ranges what to push
     * @param gradient holds their floats at their flat indices; is not read any more afterwards
     * @return whether all of it was taken; false where the vector was not there on some shard, which is no failure
     * @throws IOException where a shard could not be reached in time
     * @throws ShardException where a shard refuses for good
     */
    boolean push(VectorName into, RangeSet ranges, ParameterBuffer gradient)
            throws IOException, ShardException, InterruptedException;
}
