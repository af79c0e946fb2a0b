package org.distbelief.container.exchange;

import java.nio.ByteBuffer;

/**
 * What partitions must have in common to belong together.
 *
 * @param replica number of the model replica
 * @param incarnation which life of it
 * @param partitions how many it is split into
 * @param plan a number made from the plan, so that two versions of the program do not mix
 */
public record ReplicaIdentity(int replica, long incarnation, int partitions, long plan) {
    private static final int MAGIC = 0x64627031;
    static final int BYTES = 2 * Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES + 2 * Integer.BYTES;

    /** The greeting of one partition to another. */
    byte[] greeting(int from, int to) {
        return ByteBuffer.allocate(BYTES)
                .putInt(MAGIC)
                .putInt(replica)
                .putLong(incarnation)
                .putInt(partitions)
                .putLong(plan)
                .putInt(from)
                .putInt(to)
                .array();
    }

    /** Who greets; -1 where the greeting is not that of another partition of the same replica to {@code self}. */
    int sender(ByteBuffer greeting, int self) {
        boolean same = greeting.getInt() == MAGIC
                && greeting.getInt() == replica
                && greeting.getLong() == incarnation
                && greeting.getInt() == partitions
                && greeting.getLong() == plan;
        int from = greeting.getInt();
        return same && greeting.getInt() == self && from >= 0 && from < partitions && from != self ? from : -1;
    }
}
