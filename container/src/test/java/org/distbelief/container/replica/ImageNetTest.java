package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
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

/** A replica of a net with all kinds of layers, as the paper's image net is built. */
class ImageNetTest {
    private static final int BATCH = 21;
    private static final int CLASSES = 4;

    private final Model model = Model.of(
            TestJobs.job(
                            "oneVsAllLogistic",
                            List.of(
                                    "dropout: {rate: 0.1}",
                                    "locallyConnected: {patch: 3, padding: 1, maps: 4, activation: relu, l2: 0.001}",
                                    "pooling: {kind: max, window: 2}",
                                    "localContrastNormalisation: {window: 3, floor: 0.1}",
                                    "convolution: {patch: 2, maps: 5, activation: softplus}",
                                    "pooling: {kind: l2, window: 2, stride: 1}",
                                    "dropout: {rate: 0.5}",
                                    "fullyConnected: {units: 6, activation: tanh}",
                                    "fullyConnected: {units: classes}"),
                            List.of())
                    .config()
                    .model(),
            new Shape(9, 8, 2),
            CLASSES);

    private ModelReplica replica(Kernels kernels, long seed) {
        ModelReplica replica = ModelReplica.forTraining(model, kernels, BATCH, seed);
        replica.parameters().initialise(model, 3);
        return replica;
    }

    private static MiniBatch batch(ModelReplica replica) {
        MiniBatch batch = replica.newBatch();
        Random random = new Random(9);
        batch.fill(BATCH, (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(CLASSES);
        });
        return batch;
    }

    private static List<float[]> values(ReplicaParameters parameters) {
        List<float[]> all = new ArrayList<>();
        for (int layer = 0; layer < parameters.layers(); layer++) {
            parameters.layer(layer).forEach(block -> all.add(block.toArray()));
        }
        return all;
    }

    @Test
    void fastKernelsComputeTheGradientThatTheSpecificationDoes() {
        try (Kernels fast = Kernels.best(2)) {
            ModelReplica specified = replica(new PlainKernels(), 5);
            ModelReplica found = replica(fast, 5);
            ReplicaParameters expected = specified.newGradient();
            ReplicaParameters gradient = found.newGradient();

            double loss = specified.gradient(batch(specified), expected, false, layer -> {});

            assertThat(found.gradient(batch(found), gradient, false, layer -> {}))
                    .isCloseTo(loss, within(1e-3));
            for (int i = 0; i < values(expected).size(); i++) {
                assertThat(values(gradient).get(i))
                        .containsExactly(values(expected).get(i), within(1e-4f));
            }
        }
    }

    @Test
    void layersAnnounceTheirGradientFromTheTopDownAndThoseWithoutParametersDoNot() {
        ModelReplica replica = replica(new PlainKernels(), 5);
        List<Integer> ready = new ArrayList<>();

        replica.gradient(batch(replica), replica.newGradient(), false, ready::add);

        assertThat(ready).containsExactly(8, 7, 4, 1);
    }

    @Test
    void aStepOfDescentIsTheGradientTimesTheRate() {
        ModelReplica apart = replica(new PlainKernels(), 5);
        ModelReplica fused = replica(new PlainKernels(), 5);
        ReplicaParameters gradient = apart.newGradient();
        double loss = apart.gradient(batch(apart), gradient, false, layer -> {});
        for (int layer = 0; layer < gradient.layers(); layer++) {
            for (int block = 0; block < gradient.layer(layer).size(); block++) {
                FloatMemory to = apart.parameters().layer(layer).get(block);
                apart.kernels().axpy(to.size(), -0.1f, gradient.layer(layer).get(block), to);
            }
        }

        assertThat(fused.descend(batch(fused), 0.1f)).isEqualTo(loss);

        for (int i = 0; i < values(apart.parameters()).size(); i++) {
            assertThat(values(fused.parameters()).get(i))
                    .containsExactly(values(apart.parameters()).get(i), within(1e-5f));
        }
    }

    @Test
    void unitsAreDroppedOnlyInTrainingAndAnewInEachStepOfEachReplica() {
        ModelReplica one = replica(new PlainKernels(), 5);
        ModelReplica same = replica(new PlainKernels(), 5);
        ModelReplica other = replica(new PlainKernels(), 6);
        MiniBatch batch = batch(one);
        ReplicaParameters unused = one.newGradient();

        double first = one.gradient(batch, unused, false, layer -> {});

        assertThat(same.gradient(batch, unused, false, layer -> {})).isEqualTo(first);
        assertThat(one.gradient(batch, unused, false, layer -> {})).isNotEqualTo(first);
        assertThat(other.gradient(batch, unused, false, layer -> {})).isNotEqualTo(first);
        assertThat(one.score(batch).lossSum()).isEqualTo(other.score(batch).lossSum());
    }

    @Test
    void aStepAllocatesNothing() {
        try (Kernels kernels = Kernels.best(1)) {
            assumeTrue(
                    kernels.description().contains("native code"),
                    "skipped: plain Java works with arrays, and the native library is not built here");
            ModelReplica replica = replica(kernels, 5);
            MiniBatch batch = batch(replica);
            ReplicaParameters gradient = replica.newGradient();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            GradientListener nobody = layer -> {};
            long thread = Thread.currentThread().getId();
            for (int i = 0; i < 3; i++) {
                replica.gradient(batch, gradient, i > 0, nobody);
                replica.score(batch);
            }

            long before = threads.getThreadAllocatedBytes(thread);
            long asked = threads.getThreadAllocatedBytes(thread) - before;
            before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 10; i++) {
                replica.gradient(batch, gradient, i > 0, nobody);
            }
            long allocated = threads.getThreadAllocatedBytes(thread) - before - asked;

            assertThat(allocated).isZero();
        }
    }
}
