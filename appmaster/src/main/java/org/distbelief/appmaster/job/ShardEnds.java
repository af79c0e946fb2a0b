package org.distbelief.appmaster.job;

/** Gets to know of processes of shards that have ended for certain, so that nobody waits for them any longer. */
@FunctionalInterface
public interface ShardEnds {
    /**
     * A process has ended. Returns at once; called from one thread.
     *
     * @param shard its shard
     * @param start its start number
     */
    void ended(int shard, long start);
}
