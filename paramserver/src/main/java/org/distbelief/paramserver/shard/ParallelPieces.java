package org.distbelief.paramserver.shard;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Works on the pieces of a push with several threads: the caller's and helpers, which serve all callers. For any number
 * of threads.
 */
final class ParallelPieces implements AutoCloseable {
    private final int helpers;
    private final @Nullable ExecutorService executor;

    /** @param threads threads in all that work on a push, the caller's among them; at least 1 */
    ParallelPieces(int threads) {
        this.helpers = threads - 1;
        this.executor = helpers == 0
                ? null
                : Executors.newFixedThreadPool(helpers, work -> {
                    Thread thread = new Thread(work, "shard-update");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Does the work on each piece, in any order; returns when all is done. */
    void forEach(List<Chunks.Piece> pieces, Consumer<Chunks.Piece> work) {
        ExecutorService threads = executor;
        if (threads == null || pieces.size() < 2) {
            pieces.forEach(work);
            return;
        }
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
                try {
                    work.accept(pieces.get(i));
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }
        };
        int others = Math.min(helpers, pieces.size() - 1);
        CountDownLatch done = new CountDownLatch(others);
        for (int helper = 0; helper < others; helper++) {
            threads.execute(() -> {
                try {
                    share.run();
                } finally {
                    done.countDown();
                }
            });
        }
        share.run();
        await(done);
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Waits for work that waits for nothing itself; an interrupt is kept for later, as an update cannot be left. */
    private static void await(CountDownLatch done) {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (executor != null) {
            executor.shutdown();
        }
    }
}
