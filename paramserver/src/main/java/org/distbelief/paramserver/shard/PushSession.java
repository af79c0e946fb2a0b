package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * A push while it arrives. Nothing is applied before {@link #complete}; a session that is closed without it leaves no
 * trace. For one thread.
 */
public final class PushSession implements AutoCloseable {
    private final ParameterShard shard;
    private final PushHeader header;
    private final List<Chunks.Segment> segments;
    private final Staging staging;
    private final Consumer<Staging> release;
    private int segment;
    private int offset;
    private boolean finite = true;
    private boolean open = true;

    PushSession(
            ParameterShard shard,
            PushHeader header,
            List<Chunks.Segment> segments,
            Staging staging,
            Consumer<Staging> release) {
        this.shard = shard;
        this.header = header;
        this.segments = segments;
        this.staging = staging;
        this.release = release;
    }

    /** Bytes of the whole gradient: what the ranges say. */
    public long expectedBytes() {
        return header.ranges().size() * Float.BYTES;
    }

    /**
     * Takes the next floats of the gradient, in ascending order of their index.
     *
     * @param from whole little-endian floats, no more than are missing; read to its limit
     */
    public void accept(ByteBuffer from) {
        while (from.remaining() >= Float.BYTES) {
            Chunks.Segment into = segments.get(segment);
            int length = Math.min(into.length() - offset, from.remaining() / Float.BYTES);
            int chunkLength = shard.bank().chunks().length(into.chunk());
            finite &= staging.copy(into.chunk(), chunkLength, into.from() + offset, length, from);
            offset += length;
            if (offset == into.length()) {
                segment++;
                offset = 0;
            }
        }
    }

    /**
     * Applies the gradient, unless it is a duplicate.
     *
     * @throws ShardException where it is refused; nothing has been applied then
     * @throws IllegalStateException where floats are missing
     */
    public PushReceipt complete() throws ShardException, InterruptedException {
        if (segment < segments.size()) {
            throw new IllegalStateException("the gradient of " + header.id() + " has not arrived whole");
        }
        return shard.apply(header, segments, staging, finite);
    }

    /** Gives the staging area back. */
    @Override
    public void close() {
        if (open) {
            open = false;
            release.accept(staging);
        }
    }
}
