package org.distbelief.paramserver.shard;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.local.WindowAllowance;

/**
 * Memory that a shard's process needs.
 *
 * @param floats parameters on the shard
 * @param heapBytes Java heap
 * @param directBytes off-heap buffers: the vectors, and what travels
 * @param nativeBytes what the virtual machine needs besides, and what is shared with clients on the same node
 */
public record ShardMemory(long floats, long heapBytes, long directBytes, long nativeBytes) {
    private static final long MIB = 1 << 20;
    private static final long HEAP = 64 * MIB;
    private static final long VIRTUAL_MACHINE = 112 * MIB;
    /** A push that has arrived, a piece of a fetch that waits, and the connection's small buffers. */
    private static final long PER_CONNECTION =
            (long) Float.BYTES * PushHeader.MOST_FLOATS + VectorBank.CHUNK_BYTES + MIB / 4;

    /** A link that is lost, and the one in its place. */
    private static final int LINKS = 2;

    /** Chunks begin at cache lines, and vectors are allocated in pieces. */
    private static final double PADDING = 1.01;

    /**
     * The need of a shard.
     *
     * @param floats parameters on the shard
     * @param holdings the vectors; and what else is kept: a copy for each replica where the rule compares with what it
     *     has fetched, and a sum where gradients are gathered
     * @param connections connections served at the same time: two for each partition of each replica, and a few more
     */
    public static ShardMemory of(long floats, Holdings holdings, int connections) {
        int copies = holdings.rule().comparesWithFetched() ? holdings.pacing().replicas() : 0;
        double vectors = (double) Float.BYTES * floats * (vectorsOfAChunk(holdings) + copies);
        return new ShardMemory(
                floats,
                HEAP,
                (long) (vectors * PADDING) + connections * PER_CONNECTION,
                VIRTUAL_MACHINE + WindowAllowance.bytes(connections));
    }

    private static int vectorsOfAChunk(Holdings holdings) {
        return holdings.mostVectors() + (holdings.pacing().gathers() ? 1 : 0);
    }

    /**
     * The need where the shard has a standby, or is one: chunks on their way to it, messages that come, and what pushes
     * are compared with, which travels with them.
     *
     * @param connections as for {@link #of(long, Holdings, int)}
     */
    public ShardMemory withStandby(Holdings holdings, int connections) {
        long push = (long) Float.BYTES * PushHeader.MOST_FLOATS;
        long chunk = (long) VectorBank.CHUNK_BYTES * vectorsOfAChunk(holdings);
        long compared = holdings.rule().comparesWithFetched() ? (1 + connections) * push : 0;
        long more = ShardSource.CHUNKS_ON_THE_WAY * chunk + LINKS * Math.max(2 * push, chunk) + compared;
        return new ShardMemory(floats, heapBytes, directBytes + more, nativeBytes);
    }

    /** The need of that shard of a plan which needs most. */
    public static ShardMemory of(ShardPlan plan, Holdings holdings, int connections) {
        return IntStream.range(0, plan.shards().shards())
                .mapToObj(shard -> of(plan.shards().ranges(shard).size(), holdings, connections))
                .max(Comparator.comparingLong(ShardMemory::totalBytes))
                .orElseThrow();
    }

    /** All of it together: what the container needs. */
    public long totalBytes() {
        return heapBytes + directBytes + nativeBytes;
    }
}
