package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.distbelief.conf.Sizes;
import org.jspecify.annotations.Nullable;

/**
 * Something done again and again beside the computation, in a thread of its own, one at a time: a fetch or a push. For
 * one user's thread.
 *
 * @param <T> the result
 */
final class Errand<T> implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final String name;
    private final Duration bound;
    private final ExecutorService executor;
    private @Nullable Future<T> running;
    private volatile long lastSign;

    /**
     * @param name names the thread, and stands in messages
     * @param bound how long {@link #await} waits, from its call or the last {@link #signOfLife} on
     */
    Errand(String name, Duration bound) {
        this.name = name;
        this.bound = bound;
        this.executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins; nothing else may be under way. */
    void start(Callable<T> work) {
        if (running != null) {
            throw new IllegalStateException("expected no " + name + " under way");
        }
        running = executor.submit(work);
    }

    /** The work is not stuck: {@link #await} goes on waiting. From any thread. */
    void signOfLife() {
        lastSign = System.nanoTime();
    }

    /** Whether one was begun whose result was not taken yet. */
    boolean underWay() {
        return running != null;
    }

    /** Takes the result if one is there. */
    Optional<T> poll() throws Exception {
        return running != null && running.isDone() ? Optional.of(await()) : Optional.empty();
    }

    /**
     * Waits for the result and takes it.
     *
     * @throws Exception what the work threw, or {@link TimeoutException} where it did not end in time
     */
    T await() throws Exception {
        return await(() -> {});
    }

    /**
     * {@link #await()}.
     *
     * @param meanwhile done now and then while there is no result
     */
    T await(Runnable meanwhile) throws Exception {
        Future<T> current = running;
        if (current == null) {
            throw new IllegalStateException("expected a " + name + " under way");
        }
        signOfLife();
        try {
            while (true) {
                try {
                    T result = current.get(Math.min(bound.toNanos(), LOOK.toNanos()), TimeUnit.NANOSECONDS);
                    running = null;
                    return result;
                } catch (TimeoutException e) {
                    if (System.nanoTime() - lastSign >= bound.toNanos()) {
                        throw (TimeoutException)
                                new TimeoutException("the " + name + " did not end within " + Sizes.text(bound))
                                        .initCause(e);
                    }
                    meanwhile.run();
                }
            }
        } catch (ExecutionException e) {
            running = null;
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Interrupts what is under way and ends the thread; waits at most 10 s. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the " + name + " cannot be ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
