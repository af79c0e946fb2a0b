package org.distbelief.container.partition;

/** A model cannot be cut into so many partitions. */
public final class PartitionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    PartitionException(String message) {
        super(message);
    }
}
