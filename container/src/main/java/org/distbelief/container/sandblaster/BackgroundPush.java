package org.distbelief.container.sandblaster;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes bundles beside the computation, in a thread of its own, one at a time. For one user's thread. */
final class BackgroundPush implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundPush.class);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final BundlePush push;
    private final Runnable onEnd;
    private final ExecutorService thread;
    private @Nullable CompletableFuture<Boolean> last;

    /** @param onEnd called in another thread when a push has ended, however it did */
    BackgroundPush(BundlePush push, Runnable onEnd) {
        this.push = push;
        this.onEnd = onEnd;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread started = new Thread(work, "bundle-push");
            started.setDaemon(true);
            return started;
        });
    }

    /** Begins a push; none may be under way. The gradient must not change until it has ended. */
    void start(VectorName into, RangeSet ranges, ReplicaParameters gradient) {
        if (underWay()) {
            throw new IllegalStateException("expected no push under way when one into " + into + " was to begin");
        }
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        last = result;
        thread.execute(() -> {
            try {
                result.complete(push.push(into, ranges, gradient));
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            } finally {
                onEnd.run();
            }
        });
    }

    /** There is nothing to push: that counts as taken. */
    void skip() {
        last = null;
    }

    boolean underWay() {
        return last != null && !last.isDone();
    }

    /**
     * How the last push has ended; none may be under way.
     *
     * @return whether all of it was taken; true where none was begun
     * @throws Exception what ended it
     */
    boolean taken() throws Exception {
        if (last == null) {
            return true;
        }
        try {
            return last.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Interrupts a push under way and ends the thread; waits at most 10 s. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The push under way has not ended within {} s", STOP.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
