package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;

/** Watching threads in tests. */
final class Threads {
    private static final long BOUND_NANOS = 20_000_000_000L;

    private Threads() {}

    /** Returns when a thread waits for something. */
    static void awaitWaiting(Thread thread) throws InterruptedException {
        long start = System.nanoTime();
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime() - start)
                    .as("%s is %s", thread, thread.getState())
                    .isLessThan(BOUND_NANOS);
            thread.join(1);
        }
    }

    /** Requires that a thread ends. */
    static void requireEnded(Thread thread) throws InterruptedException {
        thread.join(BOUND_NANOS / 1_000_000);
        assertThat(thread.isAlive()).as("%s lives", thread).isFalse();
    }
}
