package org.distbelief.container.sandblaster;

/** What the first partition of a replica has the others do, besides mini-batches. */
enum PartitionOrder {
    /** Wait for the next order. */
    WAIT(0),
    /** Fetch the point that the text names; everything is void. All add up penalties and who did not find it. */
    FETCH(1),
    /** Begin a portion. */
    BEGIN(2),
    /** The portion is complete: set its gradient apart. */
    COMPLETE(3),
    /** The portion that was completed last joins the bundle. */
    KEEP(4),
    /** The bundle is void. */
    DROP(5),
    /**
     * Begin to push the bundle into the vector that the text names. All add up who found that its gradient is not
     * finite: where somebody did, nobody pushes.
     */
    PUSH(6),
    /** Look whether the push has ended. All add up for whom it has not, and for whom some of it was not taken. */
    PUSHED(7),
    /** End: the job is done. */
    FINISH(8);

    private final int number;

    PartitionOrder(int number) {
        this.number = number;
    }

    long code() {
        return number;
    }

    static PartitionOrder of(long code) {
        for (PartitionOrder order : values()) {
            if (order.number == code) {
                return order;
            }
        }
        throw new IllegalArgumentException("expected an order of the replica's first partition, found " + code);
    }
}
