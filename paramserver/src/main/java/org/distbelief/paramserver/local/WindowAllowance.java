package org.distbelief.paramserver.local;

import java.util.concurrent.Semaphore;

/**
 * How many windows the clients that share it may have open at the same time, so that their memory is bounded; others do
 * without. For any number of threads.
 */
public final class WindowAllowance {
    /** Windows of a shard, and of the clients of a process together, unless they are given another number. */
    public static final int STANDARD = 16;

    private final int most;
    private final Semaphore left;

    /** @param most windows; 0 for none at all */
    public WindowAllowance(int most) {
        this.most = most;
        this.left = new Semaphore(most);
    }

    /** Enough for a partition of a replica with 8 shards on its node. */
    public static WindowAllowance standard() {
        return new WindowAllowance(STANDARD);
    }

    /** Nothing goes through shared memory. */
    public static WindowAllowance none() {
        return new WindowAllowance(0);
    }

    /**
     * The most bytes that the windows of a process take.
     *
     * @param connections that would like one
     */
    public static long bytes(int connections) {
        return (long) WindowSize.MOST * Math.min(connections, STANDARD);
    }

    /** Whether there may be any. */
    public boolean any() {
        return most > 0;
    }

    /** Whether there may be one more, which then counts until it is {@link #giveBack given back}. */
    public boolean take() {
        return left.tryAcquire();
    }

    /** A window has been closed. */
    public void giveBack() {
        left.release();
    }
}
