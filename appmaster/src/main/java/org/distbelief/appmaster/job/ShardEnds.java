package org.distbelief.appmaster.job;

/** Gets to know of processes of shards that are over. Called from one thread; returns at once. */
public interface ShardEnds {
    /**
     * A process has ended for certain: nobody need wait for it any longer.
     *
     * @param shard its shard
     * @param start its start number
     */
    void ended(int shard, long start);

    /** A process has been given up and may still run: it must not take over as a standby any more. */
    void givenUp(int shard, long start);
}
