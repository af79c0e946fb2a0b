package org.distbelief.container.downpour;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.distbelief.container.TestJobs;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.VersionedRate;

/**
 * Trains a small net on examples of a seed, with updates that are late by a given number: as if so many other replicas
 * had pushed between each fetch and its push. In one thread, and the same on every run.
 */
final class StaleTraining {
    private static final int INPUTS = 20;
    private static final int CLASSES = 10;
    private static final int BATCH = 16;
    private static final int HELD_OUT = 1000;
    private static final double NOISE = 1.5;

    private final Model model = Model.of(
            TestJobs.withLayers(
                            "fullyConnected: {units: 32, activation: tanh}",
                            "fullyConnected: {units: 32, activation: tanh}",
                            "fullyConnected: {units: classes}")
                    .config()
                    .model(),
            new Shape(1, INPUTS, 1),
            CLASSES);
    private final long seed;
    private final float[][] patterns = new float[2 * CLASSES][INPUTS];

    /** @param seed of the examples and the net's first parameters */
    StaleTraining(long seed) {
        this.seed = seed;
        Random random = new Random(seed);
        for (float[] pattern : patterns) {
            for (int i = 0; i < INPUTS; i++) {
                pattern[i] = (float) random.nextGaussian();
            }
        }
    }

    /**
     * Trains.
     *
     * @param staleness of each update; the first ones have as much as there can be
     * @return the mean loss over held-out examples; not finite where the parameters ran away
     */
    double loss(UpdateRule rule, VersionedRate rate, int staleness, int updates) {
        ModelReplica replica = ModelReplica.forTraining(model, new PlainKernels(), HELD_OUT, seed);
        replica.parameters().initialise(model, seed);
        ReplicaParameters gradient = replica.newGradient();
        MiniBatch batch = replica.newBatch();
        Random random = new Random(seed + 1);

        float[] parameters = read(replica.parameters());
        int kept = rule.state().size();
        float[][] state = new float[rule.comparesWithFetched() ? kept + 1 : kept][parameters.length];
        for (int s = 0; s < kept; s++) {
            Arrays.fill(state[s], rule.state().get(s).initial());
        }
        Deque<float[]> fetched = new ArrayDeque<>();
        for (int version = 0; version < updates; version++) {
            fetched.add(parameters.clone());
            int late = fetched.size() - 1;
            float[] known = fetched.element();
            if (late == staleness) {
                fetched.remove();
            }
            write(known, replica.parameters());
            batch.fill(BATCH, (example, into) -> example(random, into));
            replica.gradient(batch, gradient, false, layer -> {});
            if (rule.comparesWithFetched()) {
                state[kept] = known;
            }
            UpdateContext context = new UpdateContext(version, late, rate.factor(version, late));
            rule.apply(parameters, state, read(gradient), parameters.length, context);
        }
        write(parameters, replica.parameters());
        Random heldOut = new Random(seed + 2);
        batch.fill(HELD_OUT, (example, into) -> example(heldOut, into));
        return replica.score(batch).lossSum() / HELD_OUT;
    }

    /** One of two patterns of its class, with noise. */
    private int example(Random random, float[] into) {
        int pattern = random.nextInt(patterns.length);
        for (int i = 0; i < INPUTS; i++) {
            into[i] = patterns[pattern][i] + (float) (NOISE * random.nextGaussian());
        }
        return pattern % CLASSES;
    }

    private static float[] read(ReplicaParameters from) {
        float[] values = new float[(int) from.size()];
        for (int start = 0; start < values.length; ) {
            int end = (int) from.segmentEnd(start);
            ByteBuffer view = from.view(start, end - start);
            view.asFloatBuffer().get(values, start, end - start);
            start = end;
        }
        return values;
    }

    private static void write(float[] values, ReplicaParameters into) {
        for (int start = 0; start < values.length; ) {
            int end = (int) into.segmentEnd(start);
            ByteBuffer view = into.view(start, end - start);
            view.asFloatBuffer().put(values, start, end - start);
            start = end;
        }
    }
}
