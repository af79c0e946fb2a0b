package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** A shard's state as its standby gets it: between two changes, a chunk at a time. For any number of threads. */
public final class ShardSource {
    /** Most chunks that are copied at once: enough to keep a standby busy, few enough not to hold up pushes. */
    public static final int CHUNKS_ON_THE_WAY = 4;

    private final ShardState state;
    private final Changes changes;

    ShardSource(ShardState state, Changes changes) {
        this.state = state;
        this.changes = changes;
    }

    /** Does something while the shard does not change. */
    public <T> T betweenChanges(Supplier<T> action) {
        return changes.between(action);
    }

    /** What there is besides the vectors; between two changes. */
    public Standing standing() {
        return state.standing();
    }

    /** How many chunks there are. */
    public int chunks() {
        return state.bank().chunks().count();
    }

    /** Bytes of the longest chunk of all vectors that change. */
    public int longestChunk() {
        return state.longestChunk();
    }

    /** Copies a chunk of all vectors that change, in the order that {@link StandbyShard#fill} expects. */
    public void copyChunk(int chunk, ByteBuffer into) {
        state.copyChunk(chunk, into);
    }
}
