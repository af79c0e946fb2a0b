package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/**
 * The pushes of one partition of a replica to all shards. Updates reach each shard in the order in which they are begun
 * and added to. For one thread; {@link #close} may come from any.
 */
public final class Pushes implements AutoCloseable {
    private final ShardMap shards;
    private final List<PushStream> streams;

    Pushes(
            ShardMap shards,
            PushSource source,
            ShardDirectory directory,
            ShardConnector connector,
            Duration bound,
            @Nullable PushEncoder encoder) {
        this.shards = shards;
        this.streams = IntStream.range(0, shards.shards())
                .mapToObj(shard -> new PushStream(shard, source, directory, connector, bound, encoder))
                .toList();
    }

    ShardMap shards() {
        return shards;
    }

    void add(
            int shard,
            RangeSet part,
            ParameterBuffer gradient,
            long version,
            boolean last,
            boolean counts,
            long clock,
            Update update) {
        List<RangeSet> pieces = part.cut(PushHeader.MOST_FLOATS);
        for (int i = 0; i < pieces.size(); i++) {
            boolean ends = last && i == pieces.size() - 1;
            streams.get(shard).add(pieces.get(i), gradient, version, ends, counts, clock, update);
        }
    }

    /**
     * Begins an update, to which its gradient is then added in parts.
     *
     * @param all the parameters that the gradient is for
     * @param versionsAtFetch what {@link ShardedParameters#fetch} returned for the parameters that the gradient was
     *     computed from; -1 for a shard that was not asked
     * @param counted shards on which another partition's part counts as the update, so that this one does not
     */
    public Update begin(RangeSet all, long[] versionsAtFetch, Set<Integer> counted) {
        return begin(all, versionsAtFetch, counted, Turn.UNKNOWN);
    }

    /**
     * {@link #begin(RangeSet, long[], Set)}.
     *
     * @param clock number of the update among the replica's, see {@link Turn}; {@link Turn#UNKNOWN} where it does not
     *     take turns
     */
    public Update begin(RangeSet all, long[] versionsAtFetch, Set<Integer> counted, long clock) {
        if (versionsAtFetch.length != shards.shards()) {
            throw new IllegalArgumentException("expected a version for each of the " + shards.shards()
                    + " shards, found " + versionsAtFetch.length);
        }
        return new Update(this, all, versionsAtFetch, counted, clock);
    }

    /**
     * Has a whole gradient applied.
     *
     * @return when every shard has acknowledged it
     * @throws ShardUnavailableException where a shard could not be reached within the bound
     * @throws ShardException where a shard refuses for good
     */
    public PushOutcome push(RangeSet ranges, ParameterBuffer gradient, long[] versionsAtFetch)
            throws IOException, ShardException, InterruptedException {
        Update update = begin(ranges, versionsAtFetch, Set.of());
        update.add(ranges, gradient);
        return update.await();
    }

    /** Ends all threads and connections; updates that are not done fail. Afterwards no gradient is read any more. */
    @Override
    public void close() {
        streams.forEach(PushStream::close);
    }
}
