package org.distbelief.paramserver.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.RandomPrograms;
import org.distbelief.paramserver.shard.StandbyShard;
import org.junit.jupiter.api.Test;

/** Programs, and pushes into the vectors that they make, in any order with the chunks that a standby is filled with. */
class StandbyProgramsTest {
    private static final int MOST = 5;
    private static final int CHUNKS = 7;
    private static final int CHUNK = 50;
    private static final RangeSet ALL = RangeSet.of(IntStream.range(0, CHUNKS)
            .mapToObj(i -> new Range(100L * i, 100L * i + CHUNK))
            .toList());

    private static ParameterShard shard(long generation) {
        return new ParameterShard(
                0,
                generation,
                ALL,
                new Holdings(new Sgd(1), Pacing.asynchronous(), MOST),
                VersionedRate.constant(),
                Duration.ofSeconds(1),
                ShardKernels.best());
    }

    /** A shard and its standby, one after the other. */
    private static final class Pair {
        final Random random;
        final RandomPrograms programs;
        ParameterShard serving = shard(1);
        Leading leading = new Leading(0, 1, serving.source());
        ParameterShard follower = shard(2);
        StandbyShard standby = follower.follow();
        StandbyShard.Link link = StandbyShard.Link.NONE;
        long sequence;
        long pushes;
        int droppedPushes;
        NumberedProgram last = new NumberedProgram(1, 1, ShardProgram.begin().end());
        List<Double> results = List.of();

        Pair(long seed) {
            this.random = new Random(seed);
            this.programs = new RandomPrograms(random, MOST);
            serving.tell(leading);
        }

        void follow() throws Exception {
            leading.lost();
            Leading.Beginning beginning = leading.begin(follower.generation());
            link = beginning.link();
            standby.begin(link, beginning.standing());
        }

        void carry(int most) throws Exception {
            for (int i = 0; i < most; i++) {
                Message message = leading.next();
                if (message == null) {
                    return;
                }
                if (message instanceof Message.Changed changed) {
                    standby.apply(link, changed.number(), changed.change(), changed.gradient(), changed.fetched());
                } else if (message instanceof Message.Filled filled) {
                    standby.fill(link, filled.number(), filled.chunk(), filled.values());
                }
                leading.acknowledged();
            }
        }

        void something() throws Exception {
            switch (random.nextInt(5)) {
                case 0, 1 -> run();
                case 2 -> push();
                default -> carry(1 + random.nextInt(4));
            }
        }

        private void run() throws Exception {
            last = new NumberedProgram(1, ++sequence, programs.next());
            results = serving.execute(serving.generation(), ALL.size(), last);
        }

        private void push() throws Exception {
            List<VectorName> names = List.copyOf(programs.names());
            VectorName into = random.nextInt(4) == 0 ? new VectorName("gone") : names.get(random.nextInt(names.size()));
            RangeSet some =
                    RangeSet.of(20, 20 + 100 * (1 + random.nextInt(CHUNKS - 1))).intersect(ALL);
            ByteBuffer gradient =
                    ByteBuffer.allocateDirect((int) some.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (gradient.hasRemaining()) {
                gradient.putFloat(random.nextFloat());
            }
            PushReceipt receipt = serving.take(header(++pushes, some, into), gradient.flip());
            assertThat(receipt.dropped()).isEqualTo(into.value().equals("gone"));
            droppedPushes += receipt.dropped() ? 1 : 0;
        }

        PushHeader header(long number, RangeSet ranges, VectorName into) {
            PushId id = new PushId(3, 0, 1, number);
            return new PushHeader(
                    serving.generation(),
                    id,
                    ranges,
                    -1,
                    true,
                    false,
                    Turn.UNKNOWN,
                    Encoding.FLOAT32,
                    Optional.of(into));
        }

        void takeOver() {
            leading.lost();
            long generation = follower.generation();
            Leading next = new Leading(0, generation, follower.source());
            standby.promote(next);
            serving = follower;
            leading = next;
            follower = shard(generation + 1);
            standby = follower.follow();
        }
    }

    private static ByteBuffer floats(ParameterShard shard, VectorName vector) {
        ByteBuffer floats = ByteBuffer.allocateDirect((int) ALL.size() * Float.BYTES);
        shard.bank().reader(vector, ALL).readAll(floats);
        return floats.flip();
    }

    @Test
    void theStandbyIsAlikeToTheLastBitAndGoesOn() throws Exception {
        int dropped = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Pair pair = new Pair(seed);
            for (int life = 0; life < 3; life++) {
                for (int i = pair.random.nextInt(6); i >= 0; i--) {
                    if (pair.random.nextBoolean()) {
                        pair.run();
                    }
                }
                pair.follow();
                for (int i = pair.random.nextInt(40); i >= 0; i--) {
                    if (pair.random.nextInt(30) == 0) {
                        pair.follow();
                    }
                    pair.something();
                }
                pair.carry(Integer.MAX_VALUE);
                ParameterShard before = pair.serving;
                pair.takeOver();
                assertAlike(seed, before, pair);
            }
            dropped += pair.droppedPushes;
        }
        assertThat(dropped).isPositive();
    }

    private static void assertAlike(long seed, ParameterShard before, Pair pair) throws Exception {
        ParameterShard now = pair.serving;
        assertThat(now.bank().names())
                .as("seed %d", seed)
                .isEqualTo(before.bank().names())
                .isEqualTo(pair.programs.names());
        for (VectorName name : before.bank().names()) {
            assertThat(floats(now, name)).as("seed %d, %s", seed, name).isEqualTo(floats(before, name));
        }
        if (pair.sequence > 0) {
            assertThat(now.execute(now.generation(), ALL.size(), pair.last))
                    .as("seed %d: the last program is known", seed)
                    .isEqualTo(pair.results);
        }
        if (pair.pushes > 0) {
            VectorName into = new VectorName("gone");
            ByteBuffer one = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(now.take(pair.header(pair.pushes, RangeSet.of(0, 1), into), one)
                            .duplicate())
                    .isTrue();
        }
    }
}
