package org.distbelief.paramserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ModelVectors;
import org.distbelief.paramserver.shard.RandomPrograms;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ShardedAlgebraTest {
    private static final int SIZE = 40_000;
    private static final ParameterLayout LAYOUT = new ParameterLayout(List.of(
            new Block("w", new Range(0, SIZE - 100), new Initialisation.Constant(0)),
            new Block("b", new Range(SIZE - 100, SIZE), new Initialisation.Constant(0))));
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final VectorName A = new VectorName("a");

    private static ShardedAlgebra algebra(BreakingCluster cluster, long term) {
        return new ShardedAlgebra(cluster.shardMap, cluster, cluster, BOUND, term);
    }

    private static BreakingCluster cluster(int shards) {
        return new BreakingCluster(ShardMap.of(LAYOUT, shards));
    }

    private static ContiguousParameterBuffer fetch(BreakingCluster cluster, VectorName name) throws Exception {
        ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
        try (ShardedParameters parameters = new ShardedParameters(cluster.shardMap, cluster, cluster, BOUND)) {
            parameters.fetch(name, LAYOUT.ranges(), into);
        }
        return into;
    }

    /** All results of one sequence of programs. */
    private static List<Double> results(int shards, long seed, boolean breaking) throws Exception {
        BreakingCluster cluster = cluster(shards);
        cluster.trouble = breaking ? Optional.of(new Random(seed)) : Optional.empty();
        RandomPrograms programs = new RandomPrograms(new Random(seed), BreakingCluster.MOST_VECTORS);
        ModelVectors model = new ModelVectors(SIZE);
        List<Double> all = new ArrayList<>();
        try (ShardedAlgebra algebra = algebra(cluster, 1)) {
            for (int i = 0; i < 8; i++) {
                ShardProgram program = programs.next();
                double[] results = algebra.run(program);
                List<Double> expected = model.run(program);
                assertThat(results).hasSize(expected.size());
                for (int r = 0; r < results.length; r++) {
                    assertThat(results[r]).as("seed %d", seed).isCloseTo(expected.get(r), offset(1e-9 * SIZE));
                    all.add(results[r]);
                }
            }
        }
        cluster.trouble = Optional.empty();
        for (VectorName name : programs.names()) {
            ContiguousParameterBuffer found = fetch(cluster, name);
            float[] expected = model.vector(name);
            for (int i = 0; i < SIZE; i++) {
                if (found.get(i) != expected[i]) {
                    assertThat(found.get(i))
                            .as("seed %d, %s at %d", seed, name, i)
                            .isEqualTo(expected[i]);
                }
            }
        }
        return all;
    }

    @Test
    void theResultIsTheSameOnAnyNumberOfShardsUpToRounding() throws Exception {
        for (int shards = 1; shards <= 5; shards++) {
            for (long seed = 1; seed <= 8; seed++) {
                assertThat(results(shards, seed, false))
                        .as("and exactly the same again")
                        .isEqualTo(results(shards, seed, false));
            }
        }
    }

    @Test
    void eachProgramRunsOnceWhateverIsLost() throws Exception {
        for (long seed = 1; seed <= 12; seed++) {
            assertThat(results(3, seed, true)).isEqualTo(results(3, seed, false));
        }
    }

    @Test
    void aMissingVectorIsToldAndTheNextProgramRuns() throws Exception {
        BreakingCluster cluster = cluster(3);
        try (ShardedAlgebra algebra = algebra(cluster, 1)) {
            algebra.run(ShardProgram.begin().fill(A, 1).end());
            assertThatThrownBy(() -> algebra.run(
                            ShardProgram.begin().norm(new VectorName("b")).end()))
                    .isInstanceOfSatisfying(
                            ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.NO_VECTOR));
            assertThat(algebra.run(ShardProgram.begin().norm(A).dot(A, A).end()))
                    .containsExactly(200, SIZE);
        }
    }

    @Test
    void aShardThatHasBegunFromACheckpointIsNoticedWhateverVectorsItHas() throws Exception {
        BreakingCluster cluster = cluster(3);
        try (ShardedAlgebra algebra = algebra(cluster, 1)) {
            algebra.run(ShardProgram.begin().fill(A, 1).end());
            cluster.restart(1, List.of());
            cluster.shard(1).add(A);
            assertThatThrownBy(
                            () -> algebra.run(ShardProgram.begin().scale(A, 2).end()))
                    .isInstanceOfSatisfying(
                            ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.NO_VECTOR))
                    .hasMessageContaining("on shard 1")
                    .hasMessageContaining("begun from a checkpoint");
            assertThat(algebra.run(ShardProgram.begin().fill(A, 2).dot(A, A).end()))
                    .containsExactly(4 * SIZE);
        }
    }

    @Test
    void aLaterCoordinatorEndsAnEarlierOne() throws Exception {
        BreakingCluster cluster = cluster(2);
        try (ShardedAlgebra first = algebra(cluster, 1);
                ShardedAlgebra second = algebra(cluster, 2)) {
            first.run(ShardProgram.begin().fill(A, 1).end());
            second.run(ShardProgram.begin().scale(A, 3).end());
            assertThatThrownBy(() -> first.run(ShardProgram.begin().scale(A, 2).end()))
                    .isInstanceOfSatisfying(
                            ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.DEPOSED));
            assertThat(second.run(ShardProgram.begin().dot(A, A).end())).containsExactly(9 * SIZE);
        }
    }

    @Test
    void afterAShardCouldNotBeReachedItIsUnknownWhatHasRun() throws Exception {
        BreakingCluster cluster = cluster(2);
        try (ShardedAlgebra algebra =
                new ShardedAlgebra(cluster.shardMap, cluster, cluster, Duration.ofMillis(200), 1)) {
            cluster.unreachable = 1;
            assertThatThrownBy(() -> algebra.run(ShardProgram.begin().fill(A, 1).end()))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("no answer from shard 1");
            cluster.unreachable = -1;
            assertThatThrownBy(() -> algebra.run(ShardProgram.begin().fill(A, 1).end()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("begin a later term");
        }
        try (ShardedAlgebra later = algebra(cluster, 2)) {
            assertThat(later.run(ShardProgram.begin().fill(A, 1).norm(A).end())).containsExactly(200);
        }
    }

    @Test
    void gradientsArePushedIntoVectorsOnceAndDroppedWhenTheseAreGone() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            BreakingCluster cluster = cluster(3);
            ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
            for (int i = 0; i < SIZE; i++) {
                gradient.set(i, i % 7);
            }
            try (ShardedAlgebra algebra = algebra(cluster, 1);
                    ShardedParameters parameters = new ShardedParameters(cluster.shardMap, cluster, cluster, BOUND);
                    Pushes pushes = parameters.pushes(new PushSource(0, 0, 1))) {
                algebra.run(ShardProgram.begin().fill(A, 1).end());
                cluster.trouble = Optional.of(new Random(seed));
                for (int i = 0; i < 5; i++) {
                    assertThat(push(pushes, gradient).dropped())
                            .as("seed %d", seed)
                            .isFalse();
                }
                algebra.run(ShardProgram.begin()
                        .copy(A, new VectorName("b"))
                        .free(A)
                        .end());
                assertThat(push(pushes, gradient).dropped()).as("seed %d", seed).isTrue();
                algebra.run(ShardProgram.begin().copy(new VectorName("b"), A).end());
                assertThat(push(pushes, gradient).dropped()).as("seed %d", seed).isFalse();
                cluster.trouble = Optional.empty();
            }
            ContiguousParameterBuffer sum = fetch(cluster, A);
            for (int i = 0; i < SIZE; i += 13) {
                assertThat(sum.get(i)).isEqualTo(1 + 6 * (i % 7));
            }
            assertThat(cluster.shards).allMatch(shard -> shard.version() == 0);
        }
    }

    private static PushOutcome push(Pushes pushes, ContiguousParameterBuffer gradient) throws Exception {
        Update update = pushes.beginInto(LAYOUT.ranges(), A);
        update.add(LAYOUT.ranges(), gradient);
        return update.await();
    }
}
