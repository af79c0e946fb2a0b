package org.distbelief.paramserver.standby;

import java.nio.ByteBuffer;
import org.distbelief.paramserver.shard.Change;
import org.jspecify.annotations.Nullable;

/** What a standby is told over a link. The buffers are little-endian and must not be changed. */
public sealed interface Message {
    /** Its place among the messages of the link: 1, 2, 3, ... */
    long number();

    /**
     * A change.
     *
     * @param gradient the change's gradient, if it has one
     * @param fetched where the update rule compares with it, the parameters that the gradient was computed from
     */
    record Changed(
            long number,
            Change change,
            @Nullable ByteBuffer gradient,
            @Nullable ByteBuffer fetched) implements Message {}

    /**
     * A chunk of all vectors that change.
     *
     * @param chunk its index
     */
    record Filled(long number, int chunk, ByteBuffer values) implements Message {}
}
