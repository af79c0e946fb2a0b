package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Who is told every change of a shard's state, in order, and has a say in when it may be acknowledged. */
public interface Followers {
    /**
     * A change; called in order, by one thread at a time, and returns at once.
     *
     * @param gradient the change's gradient, if it has one: little-endian, from its position to its limit. It stays
     *     until {@link #await} for the change has ended, in whatever way
     * @param fetched where the update rule compares with it, the parameters that the gradient was computed from,
     *     likewise
     * @return its number: 1, 2, 3, ...
     */
    long tell(Change change, @Nullable ByteBuffer gradient, @Nullable ByteBuffer fetched);

    /**
     * Waits until a change, and all before it, may be acknowledged. Ends in any case: a standby that is silent for too
     * long is done without, and where that can't be settled the process loses its registration and must not serve.
     *
     * @throws ShardException where this process must not serve any more
     */
    void await(long number) throws ShardException, InterruptedException;

    /** This process must not serve any more: nothing is told or may be acknowledged from now on. */
    void stop();

    /** The number of the last change. */
    long told();

    /** What is to be said of the standby. */
    CopyStatus status();
}
