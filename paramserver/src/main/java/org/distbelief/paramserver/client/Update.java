package org.distbelief.paramserver.client;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/**
 * A gradient on its way to the shards, in parts as they are computed. For one thread, but {@link #isDone} and
 * {@link #await} may be called from any. The gradient's memory must not change before the update is done.
 */
public final class Update {
    private final Pushes pushes;
    private final Terms terms;
    /** For each shard, parameters that are still to be added. */
    private final Map<Integer, Long> missing = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, PushReceipt> receipts = new HashMap<>();
    private long unacknowledged;
    private boolean dropped;
    private long nanoTime;
    private @Nullable Exception failure;

    /** What is said of each push to a shard. */
    interface Terms {
        /** @param last whether it ends the update there */
        PushTerms of(int shard, boolean last);
    }

    Update(Pushes pushes, RangeSet all, Terms terms) {
        this.pushes = pushes;
        this.terms = terms;
        this.unacknowledged = all.size();
        pushes.shards().split(all).forEach((shard, part) -> missing.put(shard, part.size()));
    }

    /**
     * Sends a part of the gradient; returns at once.
     *
     * @param ranges of those that the update was begun for, each once
     * @param gradient holds their floats at their flat indices
     */
    public void add(RangeSet ranges, ParameterBuffer gradient) {
        pushes.shards().split(ranges).forEach((shard, part) -> add(shard, part, gradient));
    }

    private void add(int shard, RangeSet part, ParameterBuffer gradient) {
        long left = missing.getOrDefault(shard, 0L) - part.size();
        if (left < 0) {
            throw new IllegalArgumentException("expected parts of what the update was begun for, each once, found "
                    + part + " for shard " + shard + " when " + missing.get(shard) + " parameters were missing");
        }
        missing.put(shard, left);
        pushes.add(shard, part, gradient, terms.of(shard, left == 0), this);
    }

    /** Whether all of it has been acknowledged, or it has failed. */
    public boolean isDone() {
        lock.lock();
        try {
            return unacknowledged == 0 || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until every shard has acknowledged everything. Ends in any case: a shard that cannot be reached within the
     * bound fails the update.
     *
     * @throws ShardUnavailableException where a shard could not be reached within the bound
     * @throws ShardException where a shard refuses for good
     * @throws IllegalStateException where parts have not been added
     */
    public PushOutcome await() throws IOException, ShardException, InterruptedException {
        if (missing.values().stream().anyMatch(left -> left > 0)) {
            throw new IllegalStateException(
                    "expected the whole gradient, found parameters missing by shard " + missing);
        }
        lock.lockInterruptibly();
        try {
            while (unacknowledged > 0 && failure == null) {
                changed.await();
            }
            Exception failed = failure;
            if (failed instanceof ShardException refused) {
                throw refused;
            }
            if (failed instanceof ShardUnavailableException unavailable) {
                throw unavailable;
            }
            if (failed != null) {
                throw new IOException("the gradient could not be pushed: " + failed.getMessage(), failed);
            }
            return new PushOutcome(receipts, dropped, nanoTime);
        } finally {
            lock.unlock();
        }
    }

    void acknowledged(int shard, RangeSet part, PushReceipt receipt) {
        lock.lock();
        try {
            receipts.put(shard, receipt);
            dropped |= receipt.dropped();
            unacknowledged -= part.size();
            nanoTime = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed(Exception reason) {
        lock.lock();
        try {
            failure = failure == null ? reason : failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
