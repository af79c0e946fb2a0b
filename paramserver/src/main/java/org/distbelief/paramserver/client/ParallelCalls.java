package org.distbelief.paramserver.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls at the same time and returns when the last one has ended: afterwards none touches the caller's memory. The
 * first failure, or an interrupt of the caller, interrupts the others.
 */
final class ParallelCalls<T> {
    private final List<Call> calls = new ArrayList<>();
    private final CountDownLatch ended;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private ParallelCalls(List<Callable<T>> work) {
        this.ended = new CountDownLatch(work.size());
        work.forEach(w -> calls.add(new Call(w)));
    }

    /**
     * Runs all calls.
     *
     * @param executor starts each call at once, in a thread of its own
     * @return the results, in the order of the calls
     * @throws Exception the first failure
     */
    static <T> List<T> run(List<Callable<T>> work, Executor executor) throws Exception {
        return new ParallelCalls<>(work).run(executor);
    }

    private List<T> run(Executor executor) throws Exception {
        boolean interrupted = false;
        calls.forEach(call -> call.start(executor));
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                calls.forEach(Call::cancel);
            }
        }
        if (interrupted) {
            throw new InterruptedException("interrupted while waiting for the shards");
        }
        Throwable first = failure.get();
        if (first instanceof Exception exception) {
            throw exception;
        }
        if (first instanceof Error error) {
            throw error;
        }
        List<T> results = new ArrayList<>();
        calls.forEach(call -> results.add(call.result()));
        return results;
    }

    private final class Call implements Runnable {
        private final Callable<T> work;
        private @Nullable Thread runner;
        private @Nullable T result;
        private boolean cancelled;

        Call(Callable<T> work) {
            this.work = work;
        }

        void start(Executor executor) {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException e) {
                fail(new IOException("closed while starting a request", e));
                ended.countDown();
            }
        }

        private void fail(Throwable e) {
            if (failure.compareAndSet(null, e)) {
                calls.forEach(Call::cancel);
            }
        }

        @Override
        public void run() {
            try {
                if (begin()) {
                    result = work.call();
                }
            } catch (Throwable e) {
                fail(e);
            } finally {
                end();
                ended.countDown();
            }
        }

        private synchronized boolean begin() {
            runner = cancelled ? null : Thread.currentThread();
            return !cancelled;
        }

        private synchronized void end() {
            runner = null;
            // Clears an interrupt that was meant for this call: the thread serves others afterwards.
            Thread.interrupted();
        }

        private synchronized void cancel() {
            cancelled = true;
            if (runner != null) {
                runner.interrupt();
            }
        }

        private T result() {
            if (result == null) {
                throw new IllegalStateException("a call that has not failed must have a result");
            }
            return result;
        }
    }
}
