package org.distbelief.paramserver.wire;

import java.util.List;
import java.util.stream.Stream;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.shard.PushHeader;

/** How a client cuts requests for many parameters, of which it sends several at once. */
final class Pieces {
    /** Parameters of one request, and requests on their way: measured to be best. */
    private static final int FLOATS = 1 << 20;

    /** Four megabytes of a request; a set of so many parameters has no more ranges. */
    private static final int MOST_RANGES = PushHeader.MOST_FLOATS;

    private static final int ON_THE_WAY = 4;

    /** Of 16 bytes each: half of what fits in a window in the direction in which no floats go. */
    private static final int RANGES_ON_THE_WAY = 8 << 10;

    private Pieces() {}

    /** Cut so that a request is neither for too many parameters nor too long by its many ranges. */
    static List<RangeSet> of(RangeSet ranges) {
        return ranges.cut(FLOATS).stream()
                .flatMap(piece ->
                        piece.ranges().size() > MOST_RANGES ? piece.cut(MOST_RANGES).stream() : Stream.of(piece))
                .toList();
    }

    /**
     * Whether the last of these pieces may be sent while the replies to the others are on their way: a shard that is
     * sending a reply reads no request, so that those that wait must fit in between.
     */
    static boolean mayBeSent(List<RangeSet> pieces) {
        return pieces.size() == 1
                || (pieces.size() <= ON_THE_WAY
                        && pieces.stream().mapToInt(p -> p.ranges().size()).sum() <= RANGES_ON_THE_WAY);
    }
}
