package org.distbelief.paramserver.shard;

import java.util.Optional;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.pace.Turn;

/**
 * What a push says before its gradient. The gradient of one step, an <em>update</em>, is as a rule sent in several
 * pushes, so that it is applied while it arrives.
 *
 * @param generation the generation of the shard that the push is meant for
 * @param id names the push
 * @param ranges which parameters the gradient is for; not empty, of at most {@link #MOST_FLOATS} parameters
 * @param versionAtFetch the shard's version when the parameters were fetched from which the gradient was computed; -1
 *     where they were not fetched
 * @param last whether this is the last of the pushes to this shard that an update was cut into
 * @param counts whether the last push raises the shard's version. Where the partitions of a replica push parts of the
 *     same update, one of those that push to a shard counts for all
 * @param clock number of the update among the replica's, see {@link Turn}; {@link Turn#UNKNOWN} where replicas run as
 *     far apart as they like
 * @param encoding how the gradient travels
 * @param into the vector that the gradient is added to, in the place of applying the update rule; empty for the rule
 */
public record PushHeader(
        long generation,
        PushId id,
        RangeSet ranges,
        long versionAtFetch,
        boolean last,
        boolean counts,
        long clock,
        Encoding encoding,
        Optional<VectorName> into) {
    /** Most parameters of a push: a shard receives it whole before it applies any of it. */
    public static final int MOST_FLOATS = 1 << 18;

    /** A push that the update rule applies. */
    public PushHeader(
            long generation,
            PushId id,
            RangeSet ranges,
            long versionAtFetch,
            boolean last,
            boolean counts,
            long clock,
            Encoding encoding) {
        this(generation, id, ranges, versionAtFetch, last, counts, clock, encoding, Optional.empty());
    }

    /** A push of a replica that does not count its updates, of floats that travel as they are. */
    public PushHeader(long generation, PushId id, RangeSet ranges, long versionAtFetch, boolean last, boolean counts) {
        this(generation, id, ranges, versionAtFetch, last, counts, Turn.UNKNOWN, Encoding.FLOAT32);
    }

    /** A push that is an update of its own. */
    public PushHeader(long generation, PushId id, RangeSet ranges, long versionAtFetch) {
        this(generation, id, ranges, versionAtFetch, true, true);
    }
}
