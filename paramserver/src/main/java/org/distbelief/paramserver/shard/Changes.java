package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.distbelief.paramserver.rule.UpdateRule;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a shard's state. Where there are followers, one at a time, so that each is told and made in the same
 * order; else side by side. For any number of threads.
 */
final class Changes {
    private final ShardState state;
    private final boolean comparesWithFetched;
    private final ShardCounters.Live counters;
    private final ReentrantLock order = new ReentrantLock();
    private volatile @Nullable Followers followers;

    /** What a push is compared with, on its way to the followers; under {@link #order}. */
    private @Nullable ByteBuffer fetched;

    Changes(ShardState state, UpdateRule rule, ShardCounters.Live counters) {
        this.state = state;
        this.counters = counters;
        this.comparesWithFetched = rule.comparesWithFetched();
    }

    /** Tells these from now on. */
    void tell(Followers all) {
        followers = all;
    }

    @Nullable
    Followers followers() {
        return followers;
    }

    /** Makes a change, here and with the followers. */
    ShardState.Effect make(Change change, @Nullable ByteBuffer gradient) {
        return inOrder(() -> one(change, gradient));
    }

    /** Makes a change, and the one that then follows from it with nothing in between. */
    void makeBoth(Change change, Supplier<Change> following) {
        inOrder(() -> {
            one(change, null);
            return one(following.get(), null);
        });
    }

    private ShardState.Effect one(Change change, @Nullable ByteBuffer gradient) {
        Followers told = followers;
        if (told != null) {
            told.tell(change, gradient, fetched(change));
        }
        ShardState.Effect effect = state.apply(change, gradient);
        if (effect.dropped()) {
            counters.dropped.increment();
        }
        return effect;
    }

    private ShardState.Effect inOrder(Supplier<ShardState.Effect> action) {
        Followers told = followers;
        if (told == null) {
            return action.get();
        }
        order.lock();
        try {
            return action.get();
        } catch (RuntimeException | Error e) {
            // The standby may have it now, and this process has not.
            told.stop();
            throw e;
        } finally {
            order.unlock();
        }
    }

    private @Nullable ByteBuffer fetched(Change change) {
        if (!comparesWithFetched || !(change instanceof Change.Applied applied)) {
            return null;
        }
        ByteBuffer copy = fetched;
        if (copy == null) {
            copy = ByteBuffer.allocateDirect(PushHeader.MOST_FLOATS * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            fetched = copy;
        }
        state.copyFetched(applied.push(), copy.clear());
        return copy.flip();
    }

    /** Waits until what has been made may be acknowledged. */
    void await() throws ShardException, InterruptedException {
        Followers told = followers;
        if (told != null) {
            told.await(told.told());
        }
    }

    /** Does something between two changes. */
    <T> T between(Supplier<T> action) {
        order.lock();
        try {
            return action.get();
        } finally {
            order.unlock();
        }
    }
}
