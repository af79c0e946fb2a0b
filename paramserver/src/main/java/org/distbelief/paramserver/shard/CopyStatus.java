package org.distbelief.paramserver.shard;

/**
 * What a process is to its shard, and who else holds it. Of two processes that hold a shard, one serves and the other,
 * its standby, follows it.
 *
 * @param serving whether this process serves; else it is a standby
 * @param other generation of the process that follows this one or that this one follows; 0 where there is none
 * @param filled share of the shard's floats that the standby holds, 0 to 1
 * @param inSync whether the standby holds everything that has been acknowledged, so that it can take over
 */
public record CopyStatus(boolean serving, long other, double filled, boolean inSync) {
    /** A process that serves, alone. */
    public static final CopyStatus ALONE = new CopyStatus(true, 0, 0, false);

    /** @throws IllegalArgumentException where the share is none */
    public CopyStatus {
        if (!(filled >= 0 && filled <= 1)) {
            throw new IllegalArgumentException("expected a share from 0 to 1, found " + filled);
        }
    }
}
