package org.distbelief.container;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.client.InProcessShardClient;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;

/** Parameter shards in this process. */
public final class InProcessShards {
    private static final long GENERATION = 1;
    private static final int MOST_VECTORS = 40;

    private static final ShardDirectory DIRECTORY =
            (shard, wait) -> new ShardAddress(shard, "localhost", 1, GENERATION);

    private final ShardMap map;
    private final List<ParameterShard> shards = new ArrayList<>();
    private final Duration bound;

    /** Shards with the layout's first values under a seed, and a rate that stays as it is. */
    public InProcessShards(ParameterLayout layout, int count, UpdateRule rule, long seed, Duration bound) {
        this(layout, count, rule, VersionedRate.constant(), seed, bound);
    }

    /** Shards with the layout's first values under a seed, whose replicas run as far apart as they like. */
    public InProcessShards(
            ParameterLayout layout, int count, UpdateRule rule, VersionedRate rate, long seed, Duration bound) {
        this(layout, count, rule, rate, seed, bound, Pacing.asynchronous());
    }

    /** Shards with the layout's first values under a seed. */
    public InProcessShards(
            ParameterLayout layout,
            int count,
            UpdateRule rule,
            VersionedRate rate,
            long seed,
            Duration bound,
            Pacing pacing) {
        this.map = ShardMap.of(layout, count);
        this.bound = bound;
        for (int i = 0; i < count; i++) {
            ParameterShard shard = new ParameterShard(
                    i,
                    GENERATION,
                    map.ranges(i),
                    new Holdings(rule, pacing, MOST_VECTORS),
                    rate,
                    Duration.ofSeconds(5),
                    ShardKernels.best());
            shard.initialise(layout, seed);
            shards.add(shard);
        }
    }

    /** A replica's connection to them. */
    public ShardedParameters connect() {
        return connect(client -> client);
    }

    /** A replica's connection to them, through whatever is put before each client. */
    public ShardedParameters connect(UnaryOperator<ShardClient> between) {
        return new ShardedParameters(map, DIRECTORY, address -> between.apply(client(address)), bound);
    }

    /** A coordinator's connection to them. */
    public ShardedAlgebra algebra(long term) {
        return new ShardedAlgebra(map, DIRECTORY, this::client, bound, term);
    }

    private ShardClient client(ShardAddress address) {
        return new InProcessShardClient(
                shards.get(address.shard()),
                (shard, directory, vectors) -> {
                    throw new IOException("nothing is saved here");
                },
                address.generation());
    }

    /** The shards. */
    public List<ParameterShard> shards() {
        return shards;
    }
}
