package org.distbelief.container.exchange;

/** For the only partition of a replica. */
public enum NoNeighbours implements Neighbours {
    /** The only one. */
    ALONE;

    @Override
    public int partition() {
        return 0;
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public Outbox outbox(int to, int tag) {
        throw nobody();
    }

    @Override
    public Inbox inbox(int from, int tag) {
        throw nobody();
    }

    @Override
    public void tell(int to, byte[] words) {
        throw nobody();
    }

    @Override
    public byte[] hear(int from) {
        throw nobody();
    }

    @Override
    public void close() {
        // There is nothing to give up.
    }

    private static IllegalStateException nobody() {
        return new IllegalStateException("a replica of one partition has no neighbours");
    }
}
