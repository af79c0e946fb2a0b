package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;

/** Knows where the shards are. For use by any number of threads. */
public interface ShardDirectory {
    /**
     * Where the newest known generation of a shard serves.
     *
     * @param bound how long to wait for it to appear
     * @throws IOException where it has not appeared in that time; says what was waited for
     */
    ShardAddress find(int shard, Duration bound) throws IOException, InterruptedException;
}
