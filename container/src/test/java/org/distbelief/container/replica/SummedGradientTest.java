package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient of the sum of the losses, whose noise does not depend on which replica computes it. */
@Timeout(120)
class SummedGradientTest {
    private static final Shape INPUT = new Shape(2, 4, 1);

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static Model model(String... layers) {
        return Model.of(TestJobs.withLayers(layers).config().model(), INPUT, 4);
    }

    private static final Model DROPPING = model(
            "fullyConnected: {units: 30, activation: sigmoid, initialisation: {glorot: {gain: 2}}}",
            "dropout: {rate: 0.5}",
            "fullyConnected: {units: 4}");

    private static ModelReplica replica(Model model, int maxBatch, long seed) {
        ModelReplica replica = ModelReplica.forTraining(model, new PlainKernels(), maxBatch, seed);
        replica.parameters().initialise(model, 3);
        return replica;
    }

    private static MiniBatch batch(ModelReplica replica, int size) {
        MiniBatch batch = replica.newBatch();
        Random random = new Random(size);
        batch.fill(size, (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(4);
        });
        return batch;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void isTheSlopeOfTheSummedLossWithEachExamplesPenalty(int size) {
        Model model = model(
                "fullyConnected: {units: 9, activation: sigmoid, l2: 0.3, initialisation: {glorot: {gain: 2}}}",
                "fullyConnected: {units: 5, activation: tanh}",
                "fullyConnected: {units: 6, l2: 0.5}");
        ModelReplica replica = replica(model, 7, 1);
        MiniBatch batch = batch(replica, size);
        ReplicaParameters gradient = replica.newGradient();
        replica.gradientSum(batch, gradient, false, 5);
        // A second time on top: the sum of both.
        replica.gradientSum(batch, gradient, true, 6);

        for (int layer = 0; layer < 3; layer++) {
            for (int block = 0; block < 2; block++) {
                FloatMemory memory = replica.parameters().layer(layer).get(block);
                for (int i = 0; i < memory.size(); i += 3) {
                    float at = memory.get(i);
                    memory.put(i, at + 1e-2f);
                    double above = objective(replica, batch);
                    memory.put(i, at - 1e-2f);
                    double below = objective(replica, batch);
                    memory.put(i, at);
                    assertThat((double) gradient.layer(layer).get(block).get(i))
                            .as("layer %d, block %d, element %d", layer, block, i)
                            .isCloseTo(2 * (above - below) / 2e-2, within(2e-3 * size));
                }
            }
        }
    }

    private static double objective(ModelReplica replica, MiniBatch batch) {
        return replica.score(batch).lossSum() + batch.size() * replica.penalty();
    }

    @Test
    void thePenaltyIsThatOfTheWeightsAlone() {
        Model model = model("fullyConnected: {units: 5, l2: 0.3}", "fullyConnected: {units: 4, l2: 2}");
        ModelReplica replica = replica(model, 2, 1);
        double expected = 0;
        double[] l2 = {0.3, 2};
        for (int layer = 0; layer < 2; layer++) {
            for (float weight : replica.parameters().layer(layer).get(0).toArray()) {
                expected += l2[layer] / 2 * weight * weight;
            }
            replica.parameters().layer(layer).get(1).put(0, 100);
        }

        assertThat(replica.penalty()).isCloseTo(expected, within(1e-6)).isGreaterThan(0.1);
    }

    @Test
    void theSameNoiseDropsTheSameUnitsWhateverTheReplicaAndItsStep() {
        ModelReplica one = replica(DROPPING, 7, 1);
        ModelReplica other = replica(DROPPING, 7, 2);
        ReplicaParameters gradient = other.newGradient();
        other.gradient(batch(other, 3), gradient, false, layer -> {});
        other.gradientSum(batch(other, 5), gradient, false, 7);

        float[] expected = summed(one, 7);
        assertThat(summed(other, 7)).isEqualTo(expected);
        assertThat(summed(other, 8)).isNotEqualTo(expected);
    }

    private static float[] summed(ModelReplica replica, long noise) {
        ReplicaParameters gradient = replica.newGradient();
        replica.gradientSum(batch(replica, 6), gradient, false, noise);
        return gradient.layer(0).get(0).toArray();
    }

    @Test
    void downpoursStepsDrawWhatTheyDrewWithoutIt() {
        ModelReplica plain = replica(DROPPING, 7, 1);
        ModelReplica mixed = replica(DROPPING, 7, 1);
        ReplicaParameters expected = plain.newGradient();
        ReplicaParameters found = mixed.newGradient();
        plain.gradient(batch(plain, 4), expected, false, layer -> {});
        mixed.gradientSum(batch(mixed, 4), found, false, 99);
        mixed.gradient(batch(mixed, 4), found, false, layer -> {});

        assertThat(found.layer(0).get(0).toArray())
                .isEqualTo(expected.layer(0).get(0).toArray());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSplitReplicaComputesTheSame(long seed) throws Exception {
        Model model = RandomModels.of(seed);
        int partitions = PartitionedReplicaTest.atMost(model, 2 + (int) (seed % 5));
        FloatMemory whole = gradient(model, 1, seed);
        FloatMemory split = gradient(model, partitions, seed);

        for (int i = 0; i < whole.size(); i++) {
            assertThat(split.get(i))
                    .as("%d partitions of %s, element %d", partitions, model.layers(), i)
                    .isCloseTo(whole.get(i), within(1e-3f + 1e-3f * Math.abs(whole.get(i))));
        }
    }

    private static FloatMemory gradient(Model model, int partitions, long seed) throws Exception {
        try (PartitionedReplica replica = new PartitionedReplica(model, partitions, UnaryOperator.identity())) {
            List<ReplicaParameters> gradients =
                    replica.partitions.stream().map(ModelReplica::newGradient).toList();
            replica.fill(6, seed);
            replica.all((one, batch) -> one.gradientSum(batch, gradients.get(one.partition()), false, 12));
            replica.fill(3, seed + 1);
            replica.all((one, batch) -> one.gradientSum(batch, gradients.get(one.partition()), true, 13));
            return replica.gather(gradients);
        }
    }

    @Test
    void anOrderCarriesItsNumberAndItsText() {
        MiniBatch batch = new MiniBatch(1, 3);
        ReplicaOrder told = new ReplicaOrder(ReplicaOrder.Kind.OTHER, -5, "push-3-7");
        assertThat(ReplicaOrder.read(told.toBytes(0, new int[0]), batch)).isEqualTo(told);

        ReplicaOrder step = new ReplicaOrder(ReplicaOrder.Kind.TRAIN, Long.MIN_VALUE, "");
        assertThat(ReplicaOrder.read(step.toBytes(2, new int[] {4, 5, 6}), batch))
                .isEqualTo(step);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.labels()).startsWith(4, 5);
    }
}
