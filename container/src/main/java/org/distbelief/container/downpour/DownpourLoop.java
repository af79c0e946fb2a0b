package org.distbelief.container.downpour;

import java.util.List;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.client.ShardedParameters;
import org.jspecify.annotations.Nullable;

/**
 * The inner loop of Downpour on one mini-batch again and again, without data and master: with shards, or with none, as
 * training in one process would be. For measuring; for one thread.
 */
public final class DownpourLoop implements AutoCloseable {
    private final DownpourSettings settings;
    private final AccruedGradient accrued;
    private final StepGradient alone;
    private final @Nullable DownpourSteps steps;
    private long step;

    /** @param shards hold the model's parameters; null for none. Stay the caller's, like the replica */
    public DownpourLoop(DownpourSettings settings, ModelReplica replica, @Nullable ShardedParameters shards) {
        this.settings = settings;
        this.accrued = new AccruedGradient(replica::newGradient, false);
        this.alone = new StepGradient(replica, accrued, settings);
        this.steps = shards == null
                ? null
                : new DownpourSteps(
                        settings,
                        replica,
                        shards,
                        new Pacer(settings, shards, true, number -> {}),
                        new ProgressMeter(),
                        pushed -> {});
    }

    /** Takes a step: gradient, a step on the replica's own copy and, with shards, fetch and push where they are due. */
    public void step(MiniBatch batch) throws Exception {
        if (steps != null) {
            steps.step(batch, List.of());
            return;
        }
        alone.take(batch, (float) settings.localLearningRate(), step++, layer -> {});
        accrued.added(List.of(), List.of());
        if (accrued.steps() == settings.nPush()) {
            accrued.take();
            accrued.release();
        }
    }

    /** Waits until everything is pushed. */
    public void finish() throws Exception {
        if (steps != null) {
            steps.flush();
        }
    }

    @Override
    public void close() {
        if (steps != null) {
            steps.close();
        }
    }
}
