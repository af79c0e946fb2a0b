package org.distbelief.paramserver.shard;

import java.util.List;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * What a shard tells about itself. Counters count since the process started.
 *
 * @param shard index
 * @param generation generation that serves
 * @param parameters floats that it holds of each vector
 * @param memoryBytes memory of vectors, and what staging has needed so far
 * @param version updates applied, those of a restored checkpoint included
 * @param counters traffic
 * @param staleness staleness of the pushes
 * @param pushes what was applied, per (replica, partition)
 * @param copy whether its process serves, and who else holds the shard
 * @param load how busy its process is
 */
public record ShardStatus(
        int shard,
        long generation,
        long parameters,
        long memoryBytes,
        long version,
        ShardCounters counters,
        Staleness staleness,
        List<AppliedPushes> pushes,
        CopyStatus copy,
        ShardLoad load) {
    /** The same with another load. */
    public ShardStatus with(ShardLoad known) {
        return new ShardStatus(
                shard, generation, parameters, memoryBytes, version, counters, staleness, pushes, copy, known);
    }
}
