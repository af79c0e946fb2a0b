package org.distbelief.paramserver.shard;

import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;

/**
 * What a push says before its gradient.
 *
 * @param generation the generation of the shard that the push is meant for
 * @param id names the push
 * @param previous sequence of the push of the same incarnation that this shard acknowledged last; 0 for none. Not every
 *     push touches every shard, so a shard cannot tell from the sequence alone that one is missing
 * @param ranges which parameters the gradient is for; not empty
 * @param versionAtFetch the shard's version when the parameters were fetched from which the gradient was computed; -1
 *     where they were not fetched
 * @param counts whether the push raises the shard's version. The partitions of a replica push parts of the same update;
 *     one of those that push to a shard counts for all
 */
public record PushHeader(
        long generation, PushId id, long previous, RangeSet ranges, long versionAtFetch, boolean counts) {
    /** A push that is an update of its own. */
    public PushHeader(long generation, PushId id, long previous, RangeSet ranges, long versionAtFetch) {
        this(generation, id, previous, ranges, versionAtFetch, true);
    }
}
