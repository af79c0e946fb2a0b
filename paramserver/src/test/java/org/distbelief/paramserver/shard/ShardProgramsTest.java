package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs on one shard, and pushes into the vectors that they make. */
@Timeout(120)
class ShardProgramsTest {
    private static final int SIZE = 2 * 65_536 + 5000;
    private static final RangeSet ALL = RangeSet.of(0, SIZE);
    private static final VectorName A = new VectorName("a");
    private static final VectorName B = new VectorName("b");
    private static final VectorName C = new VectorName("c");

    private ParameterShard shard = shard(ALL, new Sgd(1), 3);
    private long sequence;

    private static ParameterShard shard(RangeSet ranges, UpdateRule rule, int most) {
        Holdings holdings = new Holdings(rule, Pacing.asynchronous(), most);
        return new ParameterShard(
                0, 1, ranges, holdings, VersionedRate.constant(), Duration.ofSeconds(10), ShardKernels.best());
    }

    private List<Double> run(ShardProgram.Builder program) throws Exception {
        List<Double> results = run(1, sequence + 1, program);
        sequence++;
        return results;
    }

    private List<Double> run(long term, long number, ShardProgram.Builder program) throws Exception {
        return shard.run(1, SIZE, new NumberedProgram(term, number, program.end()));
    }

    private static float[] values(ParameterShard of, VectorName vector) {
        ByteBuffer floats = ByteBuffer.allocateDirect((int) of.ranges().size() * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        of.bank().reader(vector, of.ranges()).readAll(floats);
        float[] values = new float[floats.capacity() / Float.BYTES];
        floats.flip().asFloatBuffer().get(values);
        return values;
    }

    private static void refused(ShardException.Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    @Test
    void programsDoWhatTheyWouldDoOnArrays() throws Exception {
        int size = 66_000;
        for (long seed = 1; seed <= 250; seed++) {
            ParameterShard tried = shard(RangeSet.of(0, size), new Sgd(1), 5);
            RandomPrograms programs = new RandomPrograms(new Random(seed), 5);
            ModelVectors model = new ModelVectors(size);
            for (int number = 1; number <= 4; number++) {
                ShardProgram program = programs.next();
                List<Double> results = tried.run(1, size, new NumberedProgram(1, number, program));
                List<Double> expected = model.run(program);
                assertThat(results).as("seed %d", seed).hasSameSizeAs(expected);
                assertThat(tried.bank().names()).as("seed %d", seed).isEqualTo(model.names());
                for (VectorName name : programs.names()) {
                    assertThat(values(tried, name))
                            .as("seed %d, %s", seed, name)
                            .isEqualTo(model.vector(name));
                }
            }
        }
    }

    @Test
    void resultsAreThoseOfTheOrderThatTheBlocksHave() throws Exception {
        run(ShardProgram.begin().random(A, 5, 3).random(B, 6, 2));
        List<Double> results = run(ShardProgram.begin().dot(A, B).norm(A));
        float[] a = values(shard, A);
        float[] b = values(shard, B);
        double dot = 0;
        double squares = 0;
        for (int i = 0; i < SIZE; i++) {
            dot += (double) a[i] * b[i];
            squares += (double) a[i] * a[i];
        }
        assertThat(results.get(0)).isCloseTo(dot, offset(1e-9 * squares));
        assertThat(results.get(1)).as("the sum of squares").isCloseTo(squares, offset(1e-9 * squares));
        ParameterShard other = shard(ALL, new Sgd(1), 3);
        ShardProgram again = ShardProgram.begin()
                .random(A, 5, 3)
                .random(B, 6, 2)
                .dot(A, B)
                .norm(A)
                .end();
        assertThat(other.run(1, SIZE, new NumberedProgram(9, 1, again))).isEqualTo(results);
    }

    @Test
    void aProgramThatNamesAMissingVectorChangesNothing() throws Exception {
        run(ShardProgram.begin().fill(A, 1));
        refused(
                ShardException.Kind.NO_VECTOR,
                "expected vector b",
                () -> run(ShardProgram.begin().fill(A, 2).fill(C, 1).dot(A, B)));
        refused(
                ShardException.Kind.NO_VECTOR,
                "expected vector a",
                () -> run(ShardProgram.begin().free(A).scale(A, 2)));
        assertThat(shard.bank().names()).containsExactly(A, VectorName.PARAMETERS);
        assertThat(run(ShardProgram.begin().norm(A))).containsExactly((double) SIZE);
        assertThat(shard.status().counters().refused()).isEqualTo(2);
    }

    @Test
    void thereAreNoMoreVectorsThanThereIsMemoryFor() throws Exception {
        run(ShardProgram.begin().fill(A, 1).fill(B, 2));
        long bytes = shard.status().memoryBytes();
        refused(
                ShardException.Kind.NO_VECTOR,
                "expected at most 3 vectors",
                () -> run(ShardProgram.begin().fill(A, 7).copy(A, C)));
        assertThat(run(ShardProgram.begin().free(A).copy(B, C).norm(C))).containsExactly(4.0 * SIZE);
        run(ShardProgram.begin().free(B).free(C));
        run(ShardProgram.begin()
                .fill(A, 1)
                .fill(B, 2)
                .free(A)
                .fill(C, 3)
                .swap(B, C)
                .free(C));
        assertThat(values(shard, B)).containsOnly(3);
        assertThat(shard.status().memoryBytes())
                .as("memory is used again")
                .isEqualTo(bytes)
                .isEqualTo(3L * 4 * SIZE);
    }

    @Test
    void parametersAndTheRulesStateStay() throws Exception {
        ParameterShard stateful = shard(ALL, new Momentum(1, 0.5), 4);
        VectorName velocity = new VectorName("velocity");
        for (VectorName name : List.of(VectorName.PARAMETERS, velocity)) {
            ShardProgram program = ShardProgram.begin().free(name).end();
            refused(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a vector that may be freed",
                    () -> stateful.run(1, SIZE, new NumberedProgram(1, 1, program)));
        }
        stateful.run(
                1,
                SIZE,
                new NumberedProgram(
                        1,
                        1,
                        ShardProgram.begin()
                                .fill(A, 5)
                                .swap(A, VectorName.PARAMETERS)
                                .end()));
        stateful.push(new PushHeader(1, new PushId(0, 0, 1, 1), RangeSet.of(0, 10), -1), floats(10, 1));
        assertThat(values(stateful, VectorName.PARAMETERS))
                .as("the rule goes on with what is the parameters now")
                .startsWith(4, 4)
                .endsWith(5);
        assertThat(values(stateful, A)).containsOnly(0);
    }

    @Test
    void aRepeatedProgramIsAnsweredFromMemory() throws Exception {
        assertThat(run(1, 1, ShardProgram.begin().fill(A, 2).scale(A, 3).norm(A)))
                .containsExactly(36.0 * SIZE);
        assertThat(run(1, 1, ShardProgram.begin().fill(A, 2).scale(A, 3).norm(A)))
                .containsExactly(36.0 * SIZE);
        run(1, 2, ShardProgram.begin().scale(A, 2));
        run(1, 2, ShardProgram.begin().scale(A, 2));
        assertThat(values(shard, A)).containsOnly(12);
        refused(
                ShardException.Kind.SEQUENCE_GAP,
                "expected program 3 of term 1",
                () -> run(1, 1, ShardProgram.begin().scale(A, 2)));
        refused(
                ShardException.Kind.SEQUENCE_GAP,
                "expected program 3 of term 1",
                () -> run(1, 4, ShardProgram.begin().scale(A, 2)));
        assertThat(values(shard, A)).containsOnly(12);
    }

    @Test
    void aLaterTermEndsAnEarlierOne() throws Exception {
        run(3, 1, ShardProgram.begin().fill(A, 2));
        run(3, 2, ShardProgram.begin().scale(A, 2));
        refused(
                ShardException.Kind.SEQUENCE_GAP,
                "has not seen those before it",
                () -> run(5, 2, ShardProgram.begin()));
        run(5, 1, ShardProgram.begin().scale(A, 2));
        refused(
                ShardException.Kind.DEPOSED,
                "expected programs of term 5 or later",
                () -> run(3, 3, ShardProgram.begin().scale(A, 2)));
        refused(
                ShardException.Kind.DEPOSED,
                "replaced",
                () -> run(4, 1, ShardProgram.begin().scale(A, 2)));
        assertThat(values(shard, A)).containsOnly(8);
    }

    @Test
    void aProgramForAnotherShardIsRefused() {
        NumberedProgram program = new NumberedProgram(1, 1, ShardProgram.begin().end());
        refused(
                ShardException.Kind.WRONG_RANGES,
                "expected a program for the " + SIZE,
                () -> shard.run(1, SIZE + 1, program));
        refused(ShardException.Kind.STALE_GENERATION, "generation", () -> shard.run(2, SIZE, program));
    }

    private static ByteBuffer floats(int length, float value) {
        ByteBuffer floats = ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.putFloat(value);
        }
        return floats.flip();
    }

    private static PushHeader into(VectorName vector, long number, RangeSet ranges, boolean last) {
        return new PushHeader(
                1,
                new PushId(7, 0, 1, number),
                ranges,
                -1,
                last,
                false,
                Turn.UNKNOWN,
                Encoding.FLOAT32,
                Optional.of(vector));
    }

    private PushReceipt push(VectorName vector, long number, float value) throws Exception {
        RangeSet some = RangeSet.of(List.of(new Range(10, 20), new Range(65_530, 65_540)));
        return shard.push(into(vector, number, some, true), floats(20, value));
    }

    @Test
    void aPushIntoAVectorIsAddedOnce() throws Exception {
        run(ShardProgram.begin().fill(A, 1));
        assertThat(push(A, 1, 0.1f)).isEqualTo(new PushReceipt(0, 0, false, false));
        assertThat(push(A, 1, 0.1f)).isEqualTo(new PushReceipt(0, 0, true, false));
        assertThat(push(A, 2, 4)).isEqualTo(new PushReceipt(0, 0, false, false));
        float[] values = values(shard, A);
        assertThat(values[9]).isEqualTo(1);
        assertThat(values[10]).isEqualTo(1 + 0.1f + 4).isEqualTo(values[65_539]);
        assertThat(values[65_540]).isEqualTo(1);
        assertThat(values(shard, VectorName.PARAMETERS)).containsOnly(0);
        assertThat(shard.version()).isZero();
        refused(ShardException.Kind.SEQUENCE_GAP, "expected the push after 2", () -> push(A, 4, 1));
        refused(ShardException.Kind.NOT_FINITE, "NaN", () -> push(A, 3, Float.NaN));
    }

    @Test
    void aPushIntoAVectorThatIsGoneIsDroppedAndTheStreamGoesOn() throws Exception {
        run(ShardProgram.begin().fill(A, 1));
        push(A, 1, 2);
        run(ShardProgram.begin().free(A));
        assertThat(push(A, 2, 2).dropped()).isTrue();
        run(ShardProgram.begin().fill(A, 1));
        assertThat(push(A, 3, 2).dropped()).isFalse();
        assertThat(push(A, 2, 2)).as("sent again it is known as dropped").isEqualTo(new PushReceipt(0, 0, true, true));
        assertThat(push(A, 1, 2)).isEqualTo(new PushReceipt(0, 0, true, false));
        assertThat(values(shard, A)[10]).isEqualTo(3);
    }

    @Test
    void pushesGoOnWhileProgramsRunAndNoneIsLost() throws Exception {
        shard = shard(ALL, new Sgd(1), 4);
        run(ShardProgram.begin().fill(A, 0).fill(B, 0).fill(C, 0));
        int replicas = 2;
        int rounds = 60;
        ExecutorService threads = Executors.newFixedThreadPool(replicas);
        CountDownLatch begun = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        for (int replica = 0; replica < replicas; replica++) {
            int number = replica;
            all.add(threads.submit(() -> {
                begun.await();
                for (int i = 1; i <= rounds; i++) {
                    PushId id = new PushId(number, 0, 1, i);
                    PushHeader header =
                            new PushHeader(1, id, ALL, -1, true, false, Turn.UNKNOWN, Encoding.FLOAT32, Optional.of(A));
                    assertThat(shard.push(header, floats(SIZE, 1)).dropped()).isFalse();
                }
                return null;
            }));
        }
        begun.countDown();
        while (!all.stream().allMatch(Future::isDone)) {
            // What is pushed into the old memory of A after it has been added to B would be lost.
            run(ShardProgram.begin().axpy(1, A, B).swap(A, C).fill(A, 0));
        }
        for (Future<?> future : all) {
            future.get();
        }
        threads.shutdown();
        run(ShardProgram.begin().axpy(1, A, B));
        assertThat(values(shard, B)).containsOnly(replicas * rounds);
    }
}
