package org.distbelief.paramserver.shard;

/**
 * A shard's acknowledgement of a push.
 *
 * @param version updates that the shard has applied, this one included
 * @param staleness updates applied between the fetch and this push; 0 for a duplicate or an unknown fetch
 * @param duplicate whether the push had been applied before and was left out now
 * @param dropped whether it came too late to count: the replicas go in step, and the others' have been applied; or the
 *     vector that it was to be added to is not there
 */
public record PushReceipt(long version, long staleness, boolean duplicate, boolean dropped) {
    /** For a push that counts. */
    public PushReceipt(long version, long staleness, boolean duplicate) {
        this(version, staleness, duplicate, false);
    }
}
