package org.distbelief.paramserver.pace;

/**
 * A replica asks whether it may take its next steps. Its clock counts its updates: update c is made of the steps
 * between its pushes c - 1 and c. All replicas count alike, so that one that joins or falls back sets its clock by the
 * others'.
 *
 * @param replica model replica
 * @param incarnation which life of the replica asks
 * @param clock number of its next update, and of those before it that every shard has taken; {@link #UNKNOWN} to ask
 *     where the others are without being waited for
 */
public record Turn(int replica, long incarnation, long clock) {
    /** The clock of a replica that does not take part. */
    public static final long UNKNOWN = -1;

    /** @throws IllegalArgumentException where replica or incarnation is negative, or the clock below -1 */
    public Turn {
        if (replica < 0 || incarnation < 0 || clock < UNKNOWN) {
            throw new IllegalArgumentException("expected replica and incarnation from 0 and a clock from -1, found "
                    + replica + ", " + incarnation + ", " + clock);
        }
    }

    /**
     * A shard's answer.
     *
     * @param granted whether it may go on; else it must ask again
     * @param clock with which it should go on, at least its own; for one that asks where the others are, their clock, 0
     *     where there are none
     */
    public record Answer(boolean granted, long clock) {}
}
