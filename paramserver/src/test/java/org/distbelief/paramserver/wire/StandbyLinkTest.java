package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Adam;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Fetched;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSource;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.standby.Leading;
import org.distbelief.paramserver.standby.Registration;
import org.distbelief.paramserver.standby.StandbyKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A real shard and its real standby over sockets, while several threads push: they stay alike to the last bit. */
@Timeout(60)
class StandbyLinkTest {
    private static final int REPLICAS = 3;
    private static final int UPDATES = 60;
    private static final RangeSet LOW = RangeSet.of(0, 200_000);
    private static final RangeSet HIGH = RangeSet.of(300_000, 400_001);
    private static final RangeSet ALL = RangeSet.of(List.of(new Range(0, 200_000), new Range(300_000, 400_001)));

    private final AtomicInteger marks = new AtomicInteger();
    private final AtomicBoolean replaced = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(new Adagrad(0.1, 1e-8, 0.1), new Consistency.Asynchronous()),
                Arguments.of(new DelayCompensatedSgd(0.01, 0.5), new Consistency.Asynchronous()),
                Arguments.of(new Adam(0.01, 0.9, 0.999, 1e-8), new Consistency.Bounded(3)),
                Arguments.of(new Adagrad(0.1, 1e-8, 0.1), new Consistency.Synchronous(1)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("kinds")
    void theStandbyIsAsTheShardIs(UpdateRule rule, Consistency consistency) throws Exception {
        ParameterShard primary = shard(1, rule, consistency);
        ParameterShard follower = shard(2, rule, consistency);
        StandbyShard standby = follower.follow();
        Leading leading = lead(primary, serve(follower, standby));
        ExecutorService threads = Executors.newFixedThreadPool(REPLICAS);
        try {
            List<Future<Boolean>> replicas = new ArrayList<>();
            for (int replica = 0; replica < REPLICAS; replica++) {
                int index = replica;
                replicas.add(threads.submit(() -> train(primary, index)));
            }
            for (Future<Boolean> replica : replicas) {
                assertThat(replica.get(50, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        await(() -> leading.status().inSync());
        leading.await(leading.told());

        assertThat(bytes(follower)).isEqualTo(bytes(primary));
        assertThat(follower.source().standing()).isEqualTo(primary.source().standing());
        assertThat(follower.status().copy().filled()).isEqualTo(1);
        assertThatThrownBy(() -> follower.check(2)).hasMessageContaining("which is its standby");

        standby.promote(new Leading(0, 2, follower.source()));
        follower.check(2);
        assertThat(follower.version()).isEqualTo(primary.version()).isPositive();
        // What the old one tells is refused now, and it can't take the mark off.
        replaced.set(true);
        PushHeader next =
                new PushHeader(1, new PushId(0, 0, 2, 1), LOW, -1, true, true, Turn.UNKNOWN, Encoding.FLOAT32);
        assertThatThrownBy(() -> primary.push(next, gradient(LOW, new Random())))
                .isInstanceOfSatisfying(
                        ShardException.class,
                        e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.STALE_GENERATION));
        await(told::get);
    }

    @Test
    void aStandbyThatIsLostIsDoneWithout() throws Exception {
        ParameterShard primary = shard(1, new Adagrad(0.1, 1e-8, 0.1), new Consistency.Asynchronous());
        ParameterShard follower = shard(2, new Adagrad(0.1, 1e-8, 0.1), new Consistency.Asynchronous());
        ShardAddress address = serve(follower, follower.follow());
        Leading leading = lead(primary, address);
        await(() -> leading.status().inSync());
        open.remove(0).close();
        train(primary, 0);
        assertThat(marks).hasValue(0);
        assertThat(leading.status().inSync()).isFalse();
        assertThat(primary.version()).isEqualTo(UPDATES);
    }

    private static ParameterShard shard(long generation, UpdateRule rule, Consistency consistency) {
        Pacing pacing = new Pacing(consistency, REPLICAS, 1, Duration.ofSeconds(40), System::nanoTime);
        return new ParameterShard(
                0,
                generation,
                ALL,
                rule,
                VersionedRate.constant(),
                Duration.ofSeconds(20),
                ShardKernels.best(),
                pacing);
    }

    private ShardAddress serve(ParameterShard shard, StandbyShard standby) throws IOException {
        ShardService service = new ShardService(
                shard,
                (s, directory, vectors) -> {
                    throw new IOException("nothing is saved here");
                },
                standby);
        ThriftServer server = new ThriftServer(
                "standby",
                InetAddress.getLoopbackAddress(),
                0,
                service.methods(),
                WireLimits.standard(),
                WireSecurity.none());
        open.add(server);
        server.start();
        return new ShardAddress(
                0,
                InetAddress.getLoopbackAddress().getHostAddress(),
                server.address().getPort(),
                shard.generation());
    }

    private Leading lead(ParameterShard primary, ShardAddress standby) {
        Leading leading = new Leading(0, primary.generation(), primary.source());
        primary.tell(leading);
        StandbyKeeper keeper = new StandbyKeeper(
                0,
                primary.generation(),
                leading,
                (shard, bound) -> standby,
                address -> new ThriftStandbyClient(address, WireLimits.standard(), WireSecurity.none()),
                new Registration() {
                    @Override
                    public Leading.Marked mark(long generation) {
                        marks.set((int) generation);
                        return Leading.Marked.ON;
                    }

                    @Override
                    public boolean unmark(long generation) {
                        marks.set(0);
                        return !replaced.get();
                    }

                    @Override
                    public Promotion promote() {
                        throw new AssertionError("the primary takes over");
                    }
                },
                () -> told.set(true));
        open.add(keeper);
        keeper.start();
        return leading;
    }

    private boolean train(ParameterShard shard, int replica) throws Exception {
        Random random = new Random(replica);
        long sequence = 0;
        for (long clock = 0; clock < UPDATES; ) {
            Turn.Answer turn = shard.turn(shard.generation(), new Turn(replica, 1, clock), this);
            if (!turn.granted()) {
                continue;
            }
            clock = Math.max(0, turn.clock());
            long version = fetch(shard, replica);
            for (RangeSet part : List.of(LOW, HIGH)) {
                shard.push(
                        header(shard, replica, ++sequence, version, part, clock, part.equals(HIGH)),
                        gradient(part, random));
            }
            clock++;
        }
        shard.leave(shard.generation(), replica, 1);
        return true;
    }

    private static long fetch(ParameterShard shard, int replica) throws ShardException {
        ByteBuffer into = ByteBuffer.allocateDirect((int) ALL.size() * Float.BYTES);
        Fetched fetched =
                shard.fetch(shard.generation(), VectorName.PARAMETERS, ALL, OptionalInt.of(replica), Encoding.FLOAT32);
        fetched.reader().readAll(into);
        return fetched.version();
    }

    private static PushHeader header(
            ParameterShard shard, int replica, long sequence, long version, RangeSet ranges, long clock, boolean last) {
        return new PushHeader(
                shard.generation(),
                new PushId(replica, 0, 1, sequence),
                ranges,
                version,
                last,
                true,
                clock,
                Encoding.FLOAT32);
    }

    private static ByteBuffer gradient(RangeSet ranges, Random random) {
        ByteBuffer gradient =
                ByteBuffer.allocateDirect((int) ranges.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (gradient.hasRemaining()) {
            gradient.putFloat(random.nextFloat() - 0.5f);
        }
        return gradient.flip();
    }

    private static List<ByteBuffer> bytes(ParameterShard shard) {
        ShardSource source = shard.source();
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < source.chunks(); chunk++) {
            ByteBuffer values = ByteBuffer.allocate(source.longestChunk());
            source.copyChunk(chunk, values);
            chunks.add(values.flip());
        }
        return chunks;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("what is awaited comes").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
