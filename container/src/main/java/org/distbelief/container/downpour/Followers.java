package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.distbelief.container.replica.ModelReplica;

/**
 * The other partitions of a replica, as the first one leads them. Each order is a {@link FollowerOrder}; where there
 * are no others, nothing happens. For one thread.
 */
final class Followers {
    /** How often those who wait for an order hear that there is none yet. */
    private static final Duration SIGN = Duration.ofSeconds(1);

    private final ModelReplica replica;
    private final LongSupplier nanoTime;
    private long lastOrder;
    private boolean unflushed;

    Followers(ModelReplica replica, LongSupplier nanoTime) {
        this.replica = replica;
        this.nanoTime = nanoTime;
        this.lastOrder = nanoTime.getAsLong();
    }

    private void order(FollowerOrder order, long argument) {
        replica.order(order.code(argument));
        lastOrder = nanoTime.getAsLong();
    }

    /** A step was taken, which they were told. */
    void stepped() {
        lastOrder = nanoTime.getAsLong();
        unflushed = replica.plan().partitions() > 1;
    }

    /** Whether they may have something that the shards have not acknowledged. */
    boolean unflushed() {
        return unflushed;
    }

    /** Has them push what has accrued; {@link #await} waits for the end. */
    void flush() {
        order(FollowerOrder.FLUSH, 0);
        unflushed = false;
    }

    /** Has them fetch the parameters as they are now. */
    void fetch() {
        order(FollowerOrder.FETCH, 0);
    }

    /** Tells them the number of the next update. */
    void number(long next) {
        order(FollowerOrder.NUMBER, next);
    }

    /** Waits until all have a push acknowledged. */
    void awaitPush(long number) {
        order(FollowerOrder.AWAIT_PUSH, number);
        await();
    }

    /** Waits until all have done the last order. */
    void await() {
        replica.addUp(new double[1]);
    }

    /** There is nothing to do now. */
    void keepWaiting() {
        if (nanoTime.getAsLong() - lastOrder > SIGN.toNanos()) {
            order(FollowerOrder.WAIT, 0);
        }
    }

    /** The job is done. */
    void finish() {
        order(FollowerOrder.FINISH, 0);
    }
}
