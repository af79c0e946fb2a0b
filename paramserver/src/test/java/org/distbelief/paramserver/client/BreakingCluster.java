package org.distbelief.paramserver.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.storage.SavedFile;

/** Shards in this process behind connections that break. */
final class BreakingCluster implements ShardDirectory, ShardConnector {
    static final int MOST_VECTORS = 5;

    final ShardMap shardMap;
    final List<ParameterShard> shards = new CopyOnWriteArrayList<>();
    final Map<ShardClient, Boolean> open = new ConcurrentHashMap<>();
    final CountDownLatch refusedOnce = new CountDownLatch(1);
    volatile int unreachable = -1;
    volatile Optional<Random> trouble = Optional.empty();

    BreakingCluster(ShardMap shardMap) {
        this.shardMap = shardMap;
        for (int shard = 0; shard < shardMap.shards(); shard++) {
            shards.add(fresh(shard, 1));
        }
    }

    ParameterShard shard(int index) {
        return shards.get(index);
    }

    void restart(int shard, List<AppliedPushes> log) {
        ParameterShard next = fresh(shard, shards.get(shard).generation() + 1);
        next.restore(0, log);
        shards.set(shard, next);
    }

    private ParameterShard fresh(int shard, long generation) {
        return new ParameterShard(
                shard,
                generation,
                shardMap.ranges(shard),
                new Holdings(new Sgd(1), Pacing.asynchronous(), MOST_VECTORS),
                VersionedRate.constant(),
                Duration.ofSeconds(20),
                ShardKernels.best());
    }

    @Override
    public ShardAddress find(int shard, Duration bound) {
        return new ShardAddress(
                shard, "host" + shard, 7000 + shard, shards.get(shard).generation());
    }

    @Override
    public ShardClient connect(ShardAddress address) throws IOException {
        if (address.shard() == unreachable) {
            refusedOnce.countDown();
            throw new IOException("connection refused");
        }
        ParameterShard target = shards.get(address.shard());
        ShardClient client = new Breaking(
                target,
                new InProcessShardClient(
                        target,
                        (s, directory, vectors) -> {
                            throw new IOException("not here");
                        },
                        address.generation()));
        open.put(client, true);
        return client;
    }

    private final class Breaking implements ShardClient {
        private final ParameterShard target;
        private final ShardClient sound;

        Breaking(ParameterShard target, ShardClient sound) {
            this.target = target;
            this.sound = sound;
        }

        private void perhapsBreak(String when) throws IOException {
            if (shards.get(target.index()) != target) {
                throw new IOException("the shard's process is gone");
            }
            if (trouble.map(random -> random.nextInt(6) == 0).orElse(false)) {
                throw new IOException("the connection broke " + when);
            }
        }

        @Override
        public ShardStatus status() throws IOException, ShardException {
            return sound.status();
        }

        @Override
        public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
                throws IOException, ShardException {
            perhapsBreak("before a fetch");
            return sound.fetch(vector, ranges, into, keptFor);
        }

        @Override
        public Turn.Answer turn(Turn turn) throws IOException, ShardException {
            perhapsBreak("before a turn");
            return sound.turn(turn);
        }

        @Override
        public void leave(int replica, long incarnation) throws IOException, ShardException {
            sound.leave(replica, incarnation);
        }

        @Override
        public void begin(PushHeader header, ParameterBuffer gradient) throws IOException {
            perhapsBreak("before a push");
            sound.begin(header, gradient);
        }

        @Override
        public void begin(PushHeader header, ByteBuffer gradient) throws IOException {
            perhapsBreak("before a push");
            sound.begin(header, gradient);
        }

        @Override
        public PushReceipt finish() throws IOException, ShardException {
            PushReceipt receipt = sound.finish();
            perhapsBreak("after a push");
            return receipt;
        }

        @Override
        public List<Double> run(long parameters, NumberedProgram program) throws IOException, ShardException {
            perhapsBreak("before a program");
            List<Double> results = sound.run(parameters, program);
            perhapsBreak("after a program");
            return results;
        }

        @Override
        public SavedFile save(String directory, List<VectorName> vectors) throws IOException, ShardException {
            return sound.save(directory, vectors);
        }

        @Override
        public void close() {
            open.remove(this);
            sound.close();
        }
    }
}
