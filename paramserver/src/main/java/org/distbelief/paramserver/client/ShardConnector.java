package org.distbelief.paramserver.client;

import java.io.IOException;

/** Makes clients of shards. For use by any number of threads. */
@FunctionalInterface
public interface ShardConnector {
    /** A client for the generation of a shard that serves at this address; the caller closes it. */
    ShardClient connect(ShardAddress address) throws IOException;
}
