package org.distbelief.container.exchange;

/**
 * Another partition of the replica is gone, or silent for too long: the replica cannot go on as it is. Also thrown
 * where the wait for it was interrupted; the thread's interrupt stays set then.
 */
public final class NeighbourException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int neighbour;

    /**
     * @param neighbour number of the partition
     * @param message what was expected of it and what happened
     */
    public NeighbourException(int neighbour, String message) {
        super("partition " + neighbour + " of this replica " + message);
        this.neighbour = neighbour;
    }

    /** Number of the partition. */
    public int neighbour() {
        return neighbour;
    }
}
