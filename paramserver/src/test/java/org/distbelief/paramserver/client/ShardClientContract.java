package org.distbelief.paramserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.DelayCompensatedSgd;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardException.Kind;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.storage.Slice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ShardClient} must keep to, whatever carries its requests. */
@Timeout(60)
public abstract class ShardClientContract {
    private static final int SIZE = 400_000;
    private static final long GENERATION = 4;
    private static final RangeSet HELD = RangeSet.of(List.of(new Range(1000, 250_000), new Range(300_000, 300_077)));

    private final ParameterShard shard =
            new ParameterShard(2, GENERATION, HELD, new Adagrad(1, 1e-10, 0), Duration.ofSeconds(5));
    private ShardClient client = new InProcessShardClient(shard, this::save, GENERATION);

    /** A client that takes the shard for this generation. */
    protected abstract ShardClient connect(ParameterShard target, ShardSaver saver, long generation) throws IOException;

    @BeforeEach
    void connectToTheShard() throws IOException {
        client.close();
        client = connect(shard, this::save, GENERATION);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private SavedFile save(ParameterShard saved, String directory, List<VectorName> vectors) throws IOException {
        if (directory.equals("full")) {
            throw new IOException("no space left in " + directory);
        }
        List<Slice> slices = vectors.stream()
                .map(v -> new Slice(v, 1000, 1001, 0, "00000000"))
                .toList();
        return new SavedFile(
                "shard-00002.f32", 4, saved.index(), saved.ranges(), 1, "job", saved.settledPushes(), slices);
    }

    @Test
    void fetchesWhatWasPushedAndNothingElse() throws Exception {
        Random random = new Random(5);
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            gradient.set(i, random.nextBoolean() ? 2 : -3);
        }
        RangeSet pushed =
                RangeSet.of(List.of(new Range(1003, 1004), new Range(1010, 220_000), new Range(300_070, 300_077)));
        assertThat(client.push(header(GENERATION, 1, pushed), gradient)).isEqualTo(new PushReceipt(1, 0, false));

        ContiguousParameterBuffer fetched = new ContiguousParameterBuffer(SIZE);
        fill(fetched, 77);
        RangeSet asked = HELD.minus(RangeSet.of(1000, 1002));
        assertThat(client.fetch(VectorName.PARAMETERS, asked, fetched)).isEqualTo(1);
        for (int i = 0; i < SIZE; i++) {
            float expected = !asked.contains(i) ? 77 : pushed.contains(i) ? -Math.signum(gradient.get(i)) : 0;
            if (fetched.get(i) != expected) {
                assertThat(fetched.get(i)).as("parameter %d", i).isEqualTo(expected);
            }
        }
        client.fetch(Adagrad.SQUARES, asked, fetched);
        assertThat(fetched.get(1003)).isEqualTo(gradient.get(1003) * gradient.get(1003));
    }

    @Test
    void manySmallRangesTravelToo() throws Exception {
        List<Range> many = LongStream.range(0, 3000)
                .mapToObj(i -> new Range(2000 + 10 * i, 2003 + 10 * i))
                .toList();
        RangeSet ranges = RangeSet.of(many);
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(SIZE);
        fill(buffer, -5);
        client.push(header(GENERATION, 1, ranges), buffer);
        client.fetch(VectorName.PARAMETERS, ranges, buffer);
        assertThat(buffer.get(2002)).isEqualTo(1);
        assertThat(buffer.get(2003)).isEqualTo(-5);
        assertThat(buffer.get(31_992)).isEqualTo(1);
    }

    @Test
    void aPushSentTwiceIsAppliedOnce() throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        fill(gradient, 1);
        client.push(header(GENERATION, 1, HELD), gradient);
        assertThat(client.push(header(GENERATION, 1, HELD), gradient)).isEqualTo(new PushReceipt(1, 0, true));
        ShardStatus status = client.status();
        assertThat(status.version()).isEqualTo(1);
        assertThat(status.pushes()).containsExactly(new AppliedPushes(0, 0, 1, 1, 1));
        assertThat(status.counters().duplicates()).isEqualTo(1);
        assertThat(status.staleness().histogram()).containsExactly(1L);
        assertThat(status.shard()).isEqualTo(2);
        assertThat(status.parameters()).isEqualTo(HELD.size());
        assertThat(status.memoryBytes()).as("parameters and Adagrad's sums").isEqualTo(HELD.size() * 8);
        assertThat(status.with(ShardLoad.UNKNOWN)).isEqualTo(shard.status());
    }

    @Test
    void refusalsHaveTheirKindAndTheClientGoesOn() throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        ContiguousParameterBuffer poisoned = new ContiguousParameterBuffer(SIZE);
        poisoned.set(300_076, Float.NaN);
        RangeSet outside = RangeSet.of(0, 1001);
        assertRefused(Kind.NOT_FINITE, () -> client.push(header(GENERATION, 1, HELD), poisoned));
        assertRefused(Kind.WRONG_RANGES, () -> client.push(header(GENERATION, 1, outside), gradient));
        assertRefused(Kind.WRONG_RANGES, () -> client.fetch(VectorName.PARAMETERS, outside, gradient));
        assertRefused(Kind.WRONG_RANGES, () -> client.fetch(new VectorName("velocity"), HELD, gradient));
        assertRefused(Kind.STALE_GENERATION, () -> client.push(header(GENERATION - 1, 1, HELD), gradient));
        client.push(header(GENERATION, 1, HELD), gradient);
        assertRefused(Kind.SEQUENCE_GAP, () -> client.push(header(GENERATION, 3, HELD), gradient));
        PushId zombie = new PushId(0, 0, 0, 9);
        assertRefused(Kind.ZOMBIE_PUSH, () -> client.push(new PushHeader(GENERATION, zombie, HELD, 0), gradient));
        assertThat(client.push(header(GENERATION, 2, HELD), gradient).version()).isEqualTo(2);
        assertThat(client.status().counters().refused()).isEqualTo(7);
    }

    @Test
    void aClientOfAnotherGenerationIsRefused() throws Exception {
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(SIZE);
        try (ShardClient stale = connect(shard, this::save, GENERATION - 1)) {
            assertRefused(Kind.STALE_GENERATION, () -> stale.fetch(VectorName.PARAMETERS, HELD, buffer));
            assertRefused(Kind.STALE_GENERATION, () -> stale.save("somewhere", List.of(VectorName.PARAMETERS)));
        }
    }

    @Test
    void savingTellsWhatWasSavedOrWhyNot() throws Exception {
        SavedFile saved = client.save("somewhere", List.of(VectorName.PARAMETERS, Adagrad.SQUARES));
        assertThat(saved.slices()).extracting(Slice::vector).containsExactly(VectorName.PARAMETERS, Adagrad.SQUARES);
        assertThat(saved.ranges()).isEqualTo(HELD);
        assertThatThrownBy(() -> client.save("full", List.of(VectorName.PARAMETERS)))
                .hasMessageContaining("no space left in full")
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SAVE_FAILED));
        assertRefused(Kind.WRONG_RANGES, () -> client.save("somewhere", List.of(new VectorName("velocity"))));
    }

    @Test
    void severalPushesAreOnTheWayAtOnce() throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        fill(gradient, 1);
        for (int i = 1; i <= 5; i++) {
            client.begin(header(GENERATION, i, HELD), gradient);
        }
        for (int i = 1; i <= 5; i++) {
            assertThat(client.finish().version()).isEqualTo(i);
        }
        client.begin(header(GENERATION, 7, HELD), gradient);
        client.begin(header(GENERATION, 8, HELD), gradient);
        assertRefused(Kind.SEQUENCE_GAP, client::finish);
        assertRefused(Kind.SEQUENCE_GAP, client::finish);
        assertThat(client.push(header(GENERATION, 6, HELD), gradient).version()).isEqualTo(6);
    }

    @Test
    void aFetchOfMoreThanOneRequestIsWholeAndInOrder() throws Exception {
        RangeSet much = RangeSet.of(0, 3_000_000);
        ParameterShard large = new ParameterShard(0, GENERATION, much, new Sgd(1), Duration.ofSeconds(5));
        large.bank().fill(VectorName.PARAMETERS, much, index -> index);
        try (ShardClient fetching = connect(large, this::save, GENERATION)) {
            ContiguousParameterBuffer into = new ContiguousParameterBuffer(3_000_000);
            RangeSet asked = much.minus(RangeSet.of(1_500_000, 1_500_001));
            assertThat(fetching.fetch(VectorName.PARAMETERS, asked, into)).isZero();
            for (int i = 0; i < 3_000_000; i++) {
                float expected = i == 1_500_000 ? 0 : i;
                if (into.get(i) != expected) {
                    assertThat(into.get(i)).as("parameter %d", i).isEqualTo(expected);
                }
            }
        }
    }

    private static ParameterShard paced(UpdateRule rule, Consistency consistency) {
        return new ParameterShard(
                0,
                GENERATION,
                HELD,
                rule,
                VersionedRate.constant(),
                Duration.ofSeconds(5),
                ShardKernels.best(),
                new Pacing(consistency, 2, 1, Duration.ofMinutes(10), System::nanoTime));
    }

    private static PushHeader ofReplica(int replica, long clock) {
        return new PushHeader(
                GENERATION, new PushId(replica, 0, 1, clock + 1), HELD, clock, true, true, clock, Encoding.FLOAT32);
    }

    private static final VectorName GRADIENT = new VectorName("gradient");

    private static PushHeader into(long sequence) {
        return new PushHeader(
                GENERATION,
                new PushId(0, 0, 1, sequence),
                HELD,
                -1,
                true,
                false,
                Turn.UNKNOWN,
                Encoding.FLOAT32,
                Optional.of(GRADIENT));
    }

    @Test
    void programsRunOnVectorsIntoWhichGradientsArePushed() throws Exception {
        Holdings holdings = new Holdings(new Sgd(1), Pacing.asynchronous(), 4);
        ParameterShard algebraic = new ParameterShard(
                2, GENERATION, HELD, holdings, VersionedRate.constant(), Duration.ofSeconds(5), ShardKernels.best());
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        fill(gradient, 3);
        VectorName step = new VectorName("step-1");
        VectorName trial = new VectorName("trial");
        try (ShardClient one = connect(algebraic, this::save, GENERATION)) {
            ShardProgram first = ShardProgram.begin()
                    .fill(GRADIENT, 1)
                    .random(trial, 77, 0.5)
                    .copy(GRADIENT, step)
                    .scale(step, -2)
                    .axpy(0.5, GRADIENT, step)
                    .multiply(step, step)
                    .dot(GRADIENT, step)
                    .norm(step)
                    .swap(step, trial)
                    .free(step)
                    .end();
            List<Double> results = List.of(2.25 * HELD.size(), 2.25 * 2.25 * HELD.size());
            assertThat(one.run(HELD.size(), new NumberedProgram(1, 1, first))).isEqualTo(results);
            assertThat(one.run(HELD.size(), new NumberedProgram(1, 1, first))).isEqualTo(results);
            assertThat(one.push(into(1), gradient)).isEqualTo(new PushReceipt(0, 0, false));
            ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
            one.fetch(GRADIENT, HELD, into);
            assertThat(into.get(1000)).isEqualTo(4).isEqualTo(into.get(300_076));
            NumberedProgram second = new NumberedProgram(
                    1, 2, ShardProgram.begin().free(GRADIENT).end());
            assertThat(one.run(HELD.size(), second)).isEmpty();
            assertThat(one.push(into(2), gradient)).isEqualTo(new PushReceipt(0, 0, false, true));
            NumberedProgram third = new NumberedProgram(
                    1, 3, ShardProgram.begin().norm(GRADIENT).end());
            assertRefused(Kind.NO_VECTOR, () -> one.run(HELD.size(), third));
            assertRefused(Kind.WRONG_RANGES, () -> one.run(HELD.size() + 1, third));
            one.run(HELD.size(), new NumberedProgram(2, 1, ShardProgram.begin().end()));
            assertRefused(Kind.DEPOSED, () -> one.run(HELD.size(), third));
            assertThat(one.status().with(ShardLoad.UNKNOWN)).isEqualTo(algebraic.status());
        }
    }

    @Test
    void whoClosesOrLeavesIsNotWaitedForAnyMore() throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        fill(gradient, 1);
        ParameterShard inStep = paced(new Sgd(1), new Consistency.Synchronous(0));
        try (ShardClient one = connect(inStep, this::save, GENERATION)) {
            ShardClient other = connect(inStep, this::save, GENERATION);
            assertThat(other.turn(new Turn(1, 1, Turn.UNKNOWN))).isEqualTo(new Turn.Answer(true, 0));
            assertThat(one.turn(new Turn(0, 1, 0))).isEqualTo(new Turn.Answer(true, 0));
            assertThat(other.turn(new Turn(1, 1, 0)).granted()).isTrue();
            one.push(ofReplica(0, 0), gradient);
            assertThat(one.turn(new Turn(0, 1, 1)).granted())
                    .as("the other one has not pushed")
                    .isFalse();
            other.close();
            while (!one.turn(new Turn(0, 1, 1)).granted()) {
                assertThat(inStep.version()).isZero();
            }
            assertThat(inStep.version()).isEqualTo(1);

            try (ShardClient again = connect(inStep, this::save, GENERATION)) {
                PushReceipt late = again.push(ofReplica(1, 0), gradient);
                assertThat(late.dropped()).isTrue();
                assertThat(again.turn(new Turn(1, 1, 1)).granted()).isTrue();
                one.push(ofReplica(0, 1), gradient);
                again.leave(1, 1);
                assertThat(one.turn(new Turn(0, 1, 2)).granted()).isTrue();
                assertThat(again.status().counters().dropped()).isEqualTo(1);
                assertThat(again.status().with(ShardLoad.UNKNOWN)).isEqualTo(inStep.status());
            }
        }
    }

    @Test
    void aReplacedReplicaAndAnotherGenerationHaveNoTurn() throws Exception {
        ParameterShard bounded = paced(new Sgd(1), new Consistency.Bounded(1));
        try (ShardClient old = connect(bounded, this::save, GENERATION);
                ShardClient successor = connect(bounded, this::save, GENERATION);
                ShardClient stale = connect(bounded, this::save, GENERATION + 1)) {
            assertThat(successor.turn(new Turn(0, 2, 5))).isEqualTo(new Turn.Answer(true, 5));
            assertRefused(Kind.ZOMBIE_PUSH, () -> old.turn(new Turn(0, 1, 5)));
            assertRefused(Kind.STALE_GENERATION, () -> stale.turn(new Turn(1, 1, 5)));
            assertRefused(Kind.STALE_GENERATION, () -> stale.leave(1, 1));
        }
    }

    @Test
    void whatIsFetchedForAReplicaIsKeptForItsGradient() throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
        ParameterShard compensating = paced(new DelayCompensatedSgd(1, 1), new Consistency.Asynchronous());
        try (ShardClient one = connect(compensating, this::save, GENERATION)) {
            one.fetch(VectorName.PARAMETERS, HELD, into, OptionalInt.of(0));
            fill(gradient, -1);
            one.push(ofReplica(1, 0), gradient);
            one.fetch(VectorName.PARAMETERS, HELD, into);
            assertThat(into.get(2000)).as("nothing is known of its fetch").isEqualTo(1);
            fill(gradient, 1);
            one.push(ofReplica(0, 0), gradient);
            one.fetch(VectorName.PARAMETERS, HELD, into);
            assertThat(into.get(2000)).as("1 - (1 + 1 (1 - 0))").isEqualTo(-1);
            assertThat(into.get(300_076)).isEqualTo(-1);
        }
    }

    private static PushHeader header(long generation, long sequence, RangeSet ranges) {
        return new PushHeader(generation, new PushId(0, 0, 1, sequence), ranges, 0);
    }

    private static void fill(ContiguousParameterBuffer buffer, float value) {
        for (int i = 0; i < buffer.size(); i++) {
            buffer.set(i, value);
        }
    }

    private static void assertRefused(Kind kind, ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
