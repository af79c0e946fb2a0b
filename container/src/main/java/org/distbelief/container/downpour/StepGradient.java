package org.distbelief.container.downpour;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.replica.GradientListener;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a mini-batch (paper, section 4.1): its gradient is computed, clipped, added to the accrued one, and
 * steps the replica's own copy of the parameters; a layer's as soon as it is ready, unless the clipping needs all of
 * them. For one thread.
 */
final class StepGradient {
    private final ModelReplica replica;
    private final AccruedGradient accrued;
    private final DownpourSettings settings;
    private final @Nullable GradientClip clip;
    private final @Nullable ReplicaParameters apart;

    /** Whether no layer can be bounded before all are there. */
    private final boolean waits;

    /** For each layer, whether its gradient counts here towards the norm: one partition speaks for a shared one. */
    private final List<Boolean> counted;

    /** Layers whose gradient waits for those of the others. */
    private final List<Integer> waiting = new ArrayList<>();

    private double norm;

    /** The part of the loss that this partition's outputs account for. */
    private double ownLoss;

    private IntConsumer whenComplete = layer -> {};

    /** Allocates memory for one gradient where steps are accrued and a step's own gradient is needed alone. */
    StepGradient(ModelReplica replica, AccruedGradient accrued, DownpourSettings settings) {
        this.replica = replica;
        this.accrued = accrued;
        this.settings = settings;
        this.clip = settings.clip().orElse(null);
        this.waits = clip != null
                && (clip.needsAllLayers() || (clip.needsNorm() && replica.plan().partitions() > 1));
        this.counted = IntStream.range(0, replica.plan().layers().size())
                .mapToObj(layer -> replica.plan().isFirst(layer, replica.partition()))
                .toList();
        boolean alone = clip != null || settings.localLearningRate() > 0;
        this.apart = alone && settings.nPush() > 1 ? replica.newGradient() : null;
    }

    /**
     * Takes a step. The caller notes it in the accrued gradient.
     *
     * @param rate rate of the step on the replica's own copy; 0 to leave that out
     * @param step the step's number, for messages
     * @param complete hears of each layer as soon as nothing more is added to its accrued gradient in this step, while
     *     those below still compute; of none any more once the loss or a gradient is no finite number
     * @return the sum of the examples' losses
     * @throws DivergedException where the loss is no finite number, or a gradient that is to be clipped; the accrued
     *     gradient must not be pushed then
     */
    double take(MiniBatch batch, float rate, long step, IntConsumer complete) throws DivergedException {
        // The first one since a push is the accrued one until the next is added.
        ReplicaParameters alone = (clip != null || rate > 0) && !accrued.isEmpty() ? apart : null;
        ReplicaParameters into = alone == null ? accrued.accruing() : alone;
        waiting.clear();
        norm = 0;
        whenComplete = complete;
        double loss = replica.gradient(batch, into, alone == null && !accrued.isEmpty(), new GradientListener() {
            @Override
            public void lost(double sum) {
                ownLoss = sum;
            }

            @Override
            public void ready(int layer) {
                computed(layer, into, rate);
            }
        });
        if (!Double.isFinite(loss)) {
            throw diverged("the loss of step " + step + " is " + loss);
        }
        if (waits) {
            clipWaiting(into);
        }
        if (!Double.isFinite(norm)) {
            throw diverged("the norm of the gradient of step " + step + " is " + norm);
        }
        waiting.forEach(layer -> ready(layer, into, rate));
        return loss;
    }

    private void computed(int layer, ReplicaParameters gradient, float rate) {
        if (waits) {
            waiting.add(layer);
            return;
        }
        if (clip != null) {
            norm += clip.apply(replica.kernels(), gradient.layer(layer));
        }
        ready(layer, gradient, rate);
    }

    /** Bounds all layers, by norms that all partitions of the replica make together. */
    private void clipWaiting(ReplicaParameters gradient) {
        GradientClip bounding = clip;
        if (bounding == null) {
            return;
        }
        double[] squares = new double[gradient.layers()];
        for (int layer : waiting) {
            if (counted.get(layer)) {
                squares[layer] = GradientClip.squares(replica.kernels(), gradient.layer(layer));
            }
        }
        replica.addUp(squares);
        double all = Math.sqrt(Arrays.stream(squares).sum());
        norm = all;
        for (int layer : waiting) {
            double layerNorm = bounding.needsAllLayers() ? all : Math.sqrt(squares[layer]);
            bounding.apply(replica.kernels(), gradient.layer(layer), layerNorm);
        }
    }

    private void ready(int layer, ReplicaParameters gradient, float rate) {
        List<FloatMemory> blocks = gradient.layer(layer);
        List<FloatMemory> sum = accrued.accruing().layer(layer);
        List<FloatMemory> parameters = replica.parameters().layer(layer);
        Kernels kernels = replica.kernels();
        boolean adds = gradient != accrued.accruing();
        for (int block = 0; block < blocks.size(); block++) {
            FloatMemory from = blocks.get(block);
            if (adds && rate > 0) {
                kernels.accrue(from.size(), from, sum.get(block), -rate, parameters.get(block));
            } else if (adds) {
                kernels.axpy(from.size(), 1, from, sum.get(block));
            } else if (rate > 0) {
                kernels.axpy(from.size(), -rate, from, parameters.get(block));
            }
        }
        if (Double.isFinite(ownLoss) && Double.isFinite(norm)) {
            whenComplete.accept(layer);
        }
    }

    private DivergedException diverged(String found) {
        return new DivergedException(found + ", not a number: training has run away; choose a smaller learning rate in"
                + " downpour.update (the local one is " + settings.localLearningRate()
                + "), a smaller initialisation of the weights, or a longer downpour.warmUp or downpour.warmStart");
    }
}
