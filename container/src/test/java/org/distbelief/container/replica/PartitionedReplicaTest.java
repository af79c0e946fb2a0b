package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.distbelief.container.exchange.Connected;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.SameProcess;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionException;
import org.distbelief.container.partition.PartitionPlan;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica that is split computes what one in a single piece does, whatever the model and the number of pieces. */
@Timeout(120)
class PartitionedReplicaTest {
    private static final float TOLERANCE = 2e-4f;

    /** What a replica computed. */
    private record Results(
            double loss, FloatMemory gradient, FloatMemory stepped, double score, int correct, FloatMemory scores) {}

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void computesWhatOneInASinglePieceDoes(long seed) throws Exception {
        Model model = RandomModels.of(seed);
        int partitions = atMost(model, 2 + (int) (seed % 8));
        Results whole = results(model, 1, seed);
        Results split = results(model, partitions, seed);
        String what = partitions + " partitions of " + model.layers();

        assertThat(split.loss).as(what).isCloseTo(whole.loss, within(1e-4 * Math.abs(whole.loss) + 1e-4));
        assertThat(split.score).as(what).isCloseTo(whole.score, within(1e-4 * Math.abs(whole.score) + 1e-4));
        assertThat(split.correct).as(what).isEqualTo(whole.correct);
        assertClose(split.scores, whole.scores, "scores of " + what);
        assertClose(split.gradient, whole.gradient, "gradient of " + what);
        assertClose(split.stepped, whole.stepped, "parameters of " + what);
    }

    /** So many partitions, or as many as the model can be cut into. */
    static int atMost(Model model, int partitions) {
        try {
            return PartitionPlan.of(model, partitions).partitions();
        } catch (PartitionException e) {
            return atMost(model, partitions - 1);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {300, 301, 302, 303, 304, 305, 306, 307})
    void soDoesOneOfSeveralProcesses(long seed) throws Exception {
        Model model = RandomModels.of(seed);
        int partitions = atMost(model, 2 + (int) (seed % 4));
        Results near = results(model, partitions, seed);
        Results apart = results(model, Connected.bySockets(partitions, PartitionedReplica.BOUND), seed);

        // Everything is added up in the order of the partitions: not a bit is different.
        assertThat(apart.loss).isEqualTo(near.loss);
        assertThat(apart.gradient.toArray()).isEqualTo(near.gradient.toArray());
        assertThat(apart.stepped.toArray()).isEqualTo(near.stepped.toArray());
        assertThat(apart.scores.toArray()).isEqualTo(near.scores.toArray());
    }

    private static Results results(Model model, int partitions, long seed) throws Exception {
        return results(model, SameProcess.connect(partitions, PartitionedReplica.BOUND), seed);
    }

    private static Results results(Model model, List<Neighbours> neighbours, long seed) throws Exception {
        try (PartitionedReplica replica = new PartitionedReplica(model, neighbours, UnaryOperator.identity())) {
            List<ReplicaParameters> gradients =
                    replica.partitions.stream().map(ModelReplica::newGradient).toList();
            replica.fill(4, seed);
            List<Double> losses = replica.all(
                    (one, batch) -> one.gradient(batch, gradients.get(one.partition()), false, layer -> {}));
            // Another size, added to what is there.
            replica.fill(6, seed + 1);
            replica.all((one, batch) -> one.gradient(batch, gradients.get(one.partition()), true, layer -> {}));
            replica.fill(3, seed + 2);
            replica.all((one, batch) -> one.descend(batch, 0.1f));
            FloatMemory stepped = replica.gather(
                    replica.partitions.stream().map(ModelReplica::parameters).toList());
            replica.fill(5, seed + 3);
            Score score = replica.all((one, batch) -> {
                        if (one.partition() == 0) {
                            return one.score(batch);
                        }
                        one.helpToScore(batch);
                        return new Score(0, 0, batch.inputs());
                    })
                    .get(0);
            FloatMemory scores = FloatMemory.of(
                    score.scores().slice(0, model.output().units() * 5).toArray());
            return new Results(
                    losses.get(0), replica.gather(gradients), stepped, score.lossSum(), score.correct(), scores);
        }
    }

    private static void assertClose(FloatMemory found, FloatMemory expected, String what) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i))
                    .as("%s, element %d", what, i)
                    .isCloseTo(expected.get(i), within(TOLERANCE + TOLERANCE * Math.abs(expected.get(i))));
        }
    }
}
