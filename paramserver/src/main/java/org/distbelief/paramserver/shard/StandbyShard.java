package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * A shard's process that follows the one that serves. What it is told over one <em>link</em> is numbered without gaps,
 * chunks and changes together: a link that has lost anything is refused, and another one begins from nothing. For any
 * number of threads.
 */
public final class StandbyShard {
    private final ParameterShard shard;
    private final ShardState state;
    private Link link = Link.NONE;
    private long next;
    private boolean promoted;

    /**
     * A stretch of following.
     *
     * @param primary generation of the process that is followed
     * @param number of the link among those of that process, from 1
     */
    public record Link(long primary, long number) {
        /** Nobody is followed. */
        public static final Link NONE = new Link(0, 0);

        private boolean after(Link other) {
            return primary > other.primary || (primary == other.primary && number > other.number);
        }

        @Override
        public String toString() {
            return "link " + number + " of generation " + primary;
        }
    }

    StandbyShard(ParameterShard shard, ShardState state) {
        this.shard = shard;
        this.state = state;
    }

    /**
     * Begins to follow, from nothing.
     *
     * @param standing what the other is made of besides its vectors, which come chunk by chunk
     * @throws ShardException where this process serves or follows a later link, or can't have the other's vectors
     */
    public synchronized void begin(Link begun, Standing standing) throws ShardException {
        if (promoted || begun.primary() >= shard.generation() || !begun.after(link)) {
            throw refused(begun);
        }
        if (standing.pushes().size() > PushLog.MOST_ENTRIES) {
            throw new ShardException(
                    ShardException.Kind.BUSY,
                    "expected the pushes of at most " + PushLog.MOST_ENTRIES + " partitions, found those of "
                            + standing.pushes().size());
        }
        state.follow(standing);
        link = begun;
        next = 1;
    }

    /**
     * A change.
     *
     * @param number of what is told over the link, from 1
     * @param gradient the change's gradient, if it has one
     * @param fetched where the update rule compares with it, the parameters that the gradient was computed from
     * @throws ShardException where it is not what comes next of the link that is followed, or not of this shard;
     *     nothing has been changed then
     */
    public synchronized void apply(
            Link from, long number, Change change, @Nullable ByteBuffer gradient, @Nullable ByteBuffer fetched)
            throws ShardException {
        expect(from, number);
        PushHeader push = change.pushed();
        if (push != null) {
            checkLength(push, gradient);
            checkLength(push, fetched);
            state.log().entry(push.id().replica(), push.id().partition());
        }
        try {
            if (fetched != null && change instanceof Change.Applied applied) {
                state.keepFetched(applied.push(), fetched);
            }
            state.apply(change, gradient);
        } catch (IllegalArgumentException e) {
            link = Link.NONE;
            throw new ShardException(ShardException.Kind.WRONG_RANGES, e.getMessage() + "", e);
        }
        next++;
    }

    private static void checkLength(PushHeader push, @Nullable ByteBuffer floats) throws ShardException {
        RangeSet ranges = push.ranges();
        if (floats != null && floats.remaining() != ranges.size() * Float.BYTES) {
            throw new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected " + ranges.size() * Float.BYTES + " bytes for " + ranges + ", found "
                            + floats.remaining());
        }
    }

    /**
     * A chunk of all vectors that change.
     *
     * @param values as {@link ShardSource#copyChunk} gives them; little-endian
     * @throws ShardException as {@link #apply}
     */
    public synchronized void fill(Link from, long number, int chunk, ByteBuffer values) throws ShardException {
        expect(from, number);
        int chunks = state.bank().chunks().count();
        if (chunk < 0 || chunk >= chunks || values.remaining() != state.bytesOfChunk(chunk)) {
            throw new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected one of " + chunks + " chunks with all its bytes, found chunk " + chunk + " with "
                            + values.remaining());
        }
        state.fill(chunk, values);
        next++;
    }

    private void expect(Link from, long number) throws ShardException {
        if (promoted || !from.equals(link)) {
            throw refused(from);
        }
        if (number != next) {
            throw new ShardException(
                    ShardException.Kind.SEQUENCE_GAP,
                    "expected number " + next + " of " + from + ", found number " + number);
        }
    }

    private ShardException refused(Link from) {
        String what = promoted ? "serves now" : "follows " + (link.equals(Link.NONE) ? "nobody yet" : link.toString());
        return new ShardException(
                ShardException.Kind.STALE_GENERATION,
                "expected a process that follows " + from + ", found generation " + shard.generation() + " of shard "
                        + shard.index() + ", which " + what);
    }

    /** Generation of the process that is followed; 0 before the first. */
    public synchronized long follows() {
        return link.primary();
    }

    /** Generation of this process. */
    public long generation() {
        return shard.generation();
    }

    /** Bytes of the longest chunk that {@link #fill} takes. */
    public int longestChunk() {
        return state.longestChunk();
    }

    /**
     * Takes over: nothing is taken from a link any more, and requests are served.
     *
     * @param followers told of every change from now on
     * @throws IllegalStateException where it is not whole
     */
    public synchronized void promote(Followers followers) {
        if (!state.whole()) {
            throw new IllegalStateException("expected a whole standby, found " + state.filledShare() + " of it");
        }
        promoted = true;
        state.complete();
        shard.promote(followers);
    }

    /** How far this standby is. */
    synchronized CopyStatus status() {
        boolean follows = !link.equals(Link.NONE);
        return new CopyStatus(false, link.primary(), follows ? state.filledShare() : 0, follows && state.whole());
    }
}
