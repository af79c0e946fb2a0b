package org.distbelief.paramserver.client;

import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardSaver;

class InProcessShardClientTest extends ShardClientContract {
    @Override
    protected ShardClient connect(ParameterShard target, ShardSaver saver, long generation) {
        return new InProcessShardClient(target, saver, generation);
    }
}
