package org.distbelief.appmaster.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardCounters;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.Staleness;
import org.distbelief.paramserver.storage.SavedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShardWatchTest {
    private final Map<Integer, ShardAddress> serving = new ConcurrentHashMap<>();
    private final Map<Integer, ShardAddress> standbys = new ConcurrentHashMap<>();
    private final Set<Long> silent = ConcurrentHashMap.newKeySet();
    private final Set<Long> closed = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<ShardStatus> heard = new LinkedBlockingQueue<>();

    @Test
    void asksTheShardsAndTheirStandbys() throws InterruptedException {
        serving.put(0, address(0, 1));
        serving.put(1, address(1, 1));
        standbys.put(1, address(1, 2));
        try (ShardWatch watch = watch(Optional.of(directory(standbys)))) {
            assertThat(watch).isNotNull();
            await(0, 1);
            await(1, 1);
            await(1, 2);
            standbys.put(0, address(0, 5));
            await(0, 5);
        }
        assertThat(closed).contains(1L, 2L, 5L);
    }

    @Test
    void aStandbyThatDoesNotAnswerDoesNotHideTheShard() throws InterruptedException {
        serving.put(0, address(0, 1));
        standbys.put(0, address(0, 2));
        silent.add(2L);
        try (ShardWatch watch = watch(Optional.of(directory(standbys)))) {
            assertThat(watch).isNotNull();
            await(0, 1);
            await(0, 1);
            assertThat(heard).noneMatch(s -> s.generation() == 2);
            silent.clear();
            await(0, 2);
        }
    }

    @Test
    void aPromotedStandbyIsAskedAsTheShard() throws InterruptedException {
        serving.put(0, address(0, 1));
        standbys.put(0, address(0, 2));
        try (ShardWatch watch = watch(Optional.of(directory(standbys)))) {
            assertThat(watch).isNotNull();
            await(0, 2);
            standbys.remove(0);
            serving.put(0, address(0, 2));
            heard.clear();
            await(0, 2);
        }
    }

    @Test
    void withoutStandbysOnlyTheShardsAreAsked() throws InterruptedException {
        serving.put(0, address(0, 1));
        standbys.put(0, address(0, 2));
        try (ShardWatch watch = watch(Optional.empty())) {
            assertThat(watch).isNotNull();
            await(0, 1);
            await(0, 1);
            assertThat(heard).noneMatch(s -> s.generation() == 2);
        }
    }

    private ShardWatch watch(Optional<ShardDirectory> followers) {
        return new ShardWatch(2, directory(serving), followers, Watched::new, heard::add);
    }

    private static ShardDirectory directory(Map<Integer, ShardAddress> known) {
        return (shard, bound) -> Optional.ofNullable(known.get(shard))
                .orElseThrow(() -> new IOException("shard " + shard + " is not registered"));
    }

    private static ShardAddress address(int shard, long generation) {
        return new ShardAddress(shard, "node", 1000 + shard, generation);
    }

    /** Waits for a word of a process. */
    private void await(int shard, long generation) throws InterruptedException {
        ShardStatus status;
        do {
            status = heard.poll(20, TimeUnit.SECONDS);
            assertThat(status)
                    .as("a word of shard %d, generation %d", shard, generation)
                    .isNotNull();
        } while (status.shard() != shard || status.generation() != generation);
    }

    /** A connection to a process that can do nothing but tell its status. */
    private final class Watched implements ShardClient {
        private final ShardAddress address;

        private Watched(ShardAddress address) {
            this.address = address;
        }

        @Override
        public ShardStatus status() throws IOException {
            if (silent.contains(address.generation())) {
                throw new IOException("no answer");
            }
            return new ShardStatus(
                    address.shard(),
                    address.generation(),
                    10,
                    100,
                    0,
                    new ShardCounters(0, 0, 0, 0, 0, 0, 0, 0),
                    new Staleness(0, 0, 0, List.of()),
                    List.of(),
                    CopyStatus.ALONE,
                    ShardLoad.UNKNOWN);
        }

        @Override
        public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Turn.Answer turn(Turn turn) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void leave(int replica, long incarnation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void begin(PushHeader header, ParameterBuffer gradient) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void begin(PushHeader header, ByteBuffer gradient) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PushReceipt finish() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Double> run(long parameters, NumberedProgram program) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SavedFile save(String directory, List<VectorName> vectors) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed.add(address.generation());
        }
    }
}
