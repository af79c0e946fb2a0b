package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelReplicaTest {
    private static final int BATCH = 7;

    private final Model model = Model.of(
            TestJobs.withLayers(
                            "fullyConnected: {units: 9, activation: sigmoid, initialisation: {glorot: {gain: 2}}}",
                            "fullyConnected: {units: 5, activation: tanh}",
                            "fullyConnected: {units: 6, activation: sigmoid}")
                    .config()
                    .model(),
            new Shape(2, 4, 1),
            4);

    private final Model decaying = Model.of(
            TestJobs.withLayers(
                            "fullyConnected: {units: 9, activation: sigmoid, l1: 0.02, l2: 0.3}",
                            "fullyConnected: {units: 5, activation: tanh}",
                            "fullyConnected: {units: 6, l2: 0.5}")
                    .config()
                    .model(),
            new Shape(2, 4, 1),
            4);

    private ModelReplica replica(Kernels kernels) {
        return replica(model, kernels);
    }

    private static ModelReplica replica(Model model, Kernels kernels) {
        ModelReplica replica = ModelReplica.forTraining(model, kernels, BATCH, 1);
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
    @ValueSource(ints = {1, 4, BATCH})
    void theGradientIsThatOfTheMeanLoss(int size) {
        ModelReplica replica = replica(new PlainKernels());
        MiniBatch batch = batch(replica, size);
        ReplicaParameters gradient = replica.newGradient();
        replica.gradient(batch, gradient, false, layer -> {});

        for (int layer = 0; layer < 3; layer++) {
            for (int block = 0; block < 2; block++) {
                FloatMemory memory = replica.parameters().layer(layer).get(block);
                for (int i = 0; i < memory.size(); i += 3) {
                    float at = memory.get(i);
                    memory.put(i, at + 1e-2f);
                    double above = replica.score(batch).lossSum();
                    memory.put(i, at - 1e-2f);
                    double below = replica.score(batch).lossSum();
                    memory.put(i, at);
                    assertThat((double) gradient.layer(layer).get(block).get(i))
                            .as("layer %d, block %d, element %d", layer, block, i)
                            .isCloseTo((above - below) / 2e-2 / size, within(1e-3));
                }
            }
        }
    }

    @Test
    void theGradientHoldsThatOfTheDecayOfTheWeightsAlone() {
        ModelReplica replica = replica(decaying, new PlainKernels());
        replica.parameters().layer(0).get(1).put(0, 0.7f);
        MiniBatch batch = batch(replica, BATCH);
        ReplicaParameters gradient = replica.newGradient();
        double loss = replica.gradient(batch, gradient, false, layer -> {});

        assertThat(loss)
                .as("without the penalty")
                .isCloseTo(replica.score(batch).lossSum(), within(1e-5));
        for (int layer = 0; layer < 3; layer++) {
            for (int block = 0; block < 2; block++) {
                FloatMemory memory = replica.parameters().layer(layer).get(block);
                for (int i = 0; i < memory.size(); i += 3) {
                    float at = memory.get(i);
                    if (block == 0 && Math.abs(at) < 2e-2f) {
                        continue; // |w| bends here
                    }
                    memory.put(i, at + 1e-2f);
                    double above = penalised(replica, batch);
                    memory.put(i, at - 1e-2f);
                    double below = penalised(replica, batch);
                    memory.put(i, at);
                    assertThat((double) gradient.layer(layer).get(block).get(i))
                            .as("layer %d, block %d, element %d", layer, block, i)
                            .isCloseTo((above - below) / 2e-2, within(1e-3));
                }
            }
        }
    }

    /** Mean loss and penalty of {@link #decaying}. */
    private static double penalised(ModelReplica replica, MiniBatch batch) {
        double penalty = 0;
        for (float w : replica.parameters().layer(0).get(0).toArray()) {
            penalty += 0.02 * Math.abs(w) + 0.3 / 2 * w * w;
        }
        for (float w : replica.parameters().layer(2).get(0).toArray()) {
            penalty += 0.5 / 2 * w * w;
        }
        return replica.score(batch).lossSum() / batch.size() + penalty;
    }

    @Test
    void decayIsPartOfALayersGradientWhenItIsReadyAndOnceInEachThatIsAdded() {
        ModelReplica replica = replica(decaying, new PlainKernels());
        MiniBatch batch = batch(replica, BATCH);
        ReplicaParameters once = replica.newGradient();
        ReplicaParameters twice = replica.newGradient();
        List<Float> ready = new ArrayList<>();
        replica.gradient(
                batch, once, false, layer -> ready.add(once.layer(layer).get(0).get(3)));
        replica.gradient(batch, twice, false, layer -> {});
        replica.gradient(batch, twice, true, layer -> {});

        for (int i = 0; i < decaying.parameters(); i++) {
            assertThat(twice.view(i, 1).getFloat(0))
                    .isCloseTo(2 * once.view(i, 1).getFloat(0), within(1e-5f));
        }
        assertThat(ready)
                .containsExactly(
                        once.layer(2).get(0).get(3),
                        once.layer(1).get(0).get(3),
                        once.layer(0).get(0).get(3));
    }

    @Test
    void theFastestKernelsComputeTheSame() {
        ModelReplica plain = replica(new PlainKernels());
        try (Kernels kernels = Kernels.best(1)) {
            ModelReplica fast = replica(kernels);
            ReplicaParameters expected = plain.newGradient();
            ReplicaParameters found = fast.newGradient();
            double loss = plain.gradient(batch(plain, BATCH), expected, false, layer -> {});

            assertThat(fast.gradient(batch(fast, BATCH), found, false, layer -> {}))
                    .isCloseTo(loss, within(1e-4));
            for (int i = 0; i < model.parameters(); i++) {
                assertThat(found.view(i, 1).getFloat(0))
                        .isCloseTo(expected.view(i, 1).getFloat(0), within(1e-5f));
            }
        }
    }

    @Test
    void gradientsAreReadyFromTheLastLayerDownAndCanBeAdded() {
        ModelReplica replica = replica(new PlainKernels());
        MiniBatch batch = batch(replica, BATCH);
        ReplicaParameters gradient = replica.newGradient();
        List<Integer> ready = new ArrayList<>();
        replica.gradient(batch, gradient, false, ready::add);
        float once = gradient.layer(1).get(0).get(2);
        replica.gradient(batch, gradient, true, layer -> {});

        assertThat(ready).containsExactly(2, 1, 0);
        assertThat(gradient.layer(1).get(0).get(2)).isCloseTo(2 * once, within(1e-6f));
    }

    @Test
    void fetchedParametersAreInstalledWithoutACopy() {
        ModelReplica replica = replica(new PlainKernels());
        ReplicaParameters used = replica.parameters();
        ReplicaParameters spare = replica.spare();
        spare.initialise(model, 99);
        double before = replica.score(batch(replica, 3)).lossSum();

        replica.install();

        assertThat(replica.parameters()).isSameAs(spare);
        assertThat(replica.spare()).isSameAs(used);
        assertThat(replica.score(batch(replica, 3)).lossSum()).isNotEqualTo(before);
    }

    @Test
    void scoresCountTheMostProbableClass() {
        ModelReplica replica = replica(new PlainKernels());
        MiniBatch batch = batch(replica, BATCH);
        Score score = replica.score(batch);

        int correct = 0;
        double loss = 0;
        for (int i = 0; i < BATCH; i++) {
            int best = 0;
            for (int unit = 1; unit < 6; unit++) {
                if (score.scores().get(unit * BATCH + i) > score.scores().get(best * BATCH + i)) {
                    best = unit;
                }
            }
            correct += best == batch.labels()[i] ? 1 : 0;
            loss -= Math.log(score.scores().get(batch.labels()[i] * BATCH + i));
        }
        assertThat(score.correct()).isEqualTo(correct);
        assertThat(score.lossSum()).isCloseTo(loss, within(1e-6));
    }

    @Test
    void aReplicaThatOnlyScoresHasNoGradients() {
        ModelReplica replica = ModelReplica.forScoring(model, new PlainKernels(), BATCH);

        assertThat(replica.spare()).isSameAs(replica.parameters());
        assertThatThrownBy(() -> replica.gradient(batch(replica, 2), replica.parameters(), false, layer -> {}))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> replica.score(replica.newBatch()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to " + BATCH + " examples, found 0");
    }

    @Test
    void miniBatchesAreTransposed() {
        MiniBatch batch = new MiniBatch(3, 40);
        batch.fill(37, (example, into) -> {
            for (int i = 0; i < 3; i++) {
                into[i] = 100 * example + i;
            }
            return example % 5;
        });

        assertThat(batch.size()).isEqualTo(37);
        for (int example = 0; example < 37; example++) {
            assertThat(batch.labels()[example]).isEqualTo(example % 5);
            for (int i = 0; i < 3; i++) {
                assertThat(batch.inputs().get(i * 37 + example)).isEqualTo(100 * example + i);
            }
        }
    }
}
