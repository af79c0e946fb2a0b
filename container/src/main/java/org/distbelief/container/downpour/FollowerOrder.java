package org.distbelief.container.downpour;

/** What the first partition of a replica has the others do, besides steps and scores. */
enum FollowerOrder {
    /** Wait for the next order. */
    WAIT(0),
    /** Push what has accrued, wait until it is acknowledged, say so, and fetch anew before the next step. */
    FLUSH(1),
    /** Wait until a push is acknowledged, and say so. */
    AWAIT_PUSH(2),
    /** Fetch the parameters as they are now. */
    FETCH(3),
    /** End: the job is done. */
    FINISH(4),
    /** Take this number for the next update. */
    NUMBER(5);

    private static final int BITS = 8;

    private final int number;

    FollowerOrder(int number) {
        this.number = number;
    }

    /** The order and its argument in one number. */
    long code(long argument) {
        return argument << BITS | number;
    }

    static long argument(long code) {
        return code >> BITS;
    }

    static FollowerOrder of(long code) {
        for (FollowerOrder order : values()) {
            if (order.number == (code & (1 << BITS) - 1)) {
                return order;
            }
        }
        throw new IllegalArgumentException("expected an order of the replica's first partition, found " + code);
    }
}
