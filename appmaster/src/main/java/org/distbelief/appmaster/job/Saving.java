package org.distbelief.appmaster.job;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints and models in a thread of its own, one at a time. For a single thread, which looks for results.
 */
final class Saving {
    private final JobStorage storage;
    private final ExecutorService thread;
    private @Nullable Future<Saved> running;

    /**
     * What was written.
     *
     * @param position position of the data that belongs to it
     * @param checkpoint the checkpoint
     * @param model directory of the model; null where only a checkpoint was taken
     */
    record Saved(
            TrainingPosition position,
            CheckpointRow checkpoint,
            @Nullable String model) {}

    /** @param thread runs {@code storage}; the caller shuts it down */
    Saving(JobStorage storage, ExecutorService thread) {
        this.storage = storage;
        this.thread = thread;
    }

    /** @param needed name of the checkpoint that must stay */
    void checkpoint(TrainingPosition position, Optional<String> needed) {
        running = thread.submit(() -> new Saved(position, storage.checkpoint(position, needed), null));
    }

    /** @param needed name of the checkpoint that must stay */
    void model(TrainingPosition position, Optional<String> needed) {
        running = thread.submit(() -> new Saved(position, storage.checkpoint(position, needed), storage.saveModel()));
    }

    /** Whether nothing is being written, and no result waits. */
    boolean idle() {
        return running == null;
    }

    /** Whether a result waits. */
    boolean done() {
        return running != null && running.isDone();
    }

    /** Passes over what is being written, or waits; interrupts it. */
    void forget() {
        if (running != null) {
            running.cancel(true);
        }
        running = null;
    }

    /**
     * Takes the result that waits.
     *
     * @throws IOException if it was not written
     */
    Saved take() throws IOException {
        Future<Saved> future = running;
        if (future == null) {
            throw new IllegalStateException("nothing was written");
        }
        running = null;
        try {
            return future.get(0, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("storage work was said to be done and was not", e);
        }
    }
}
