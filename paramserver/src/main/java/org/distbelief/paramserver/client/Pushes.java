package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
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

    void add(int shard, RangeSet part, ParameterBuffer gradient, PushTerms terms, Update update) {
        List<RangeSet> pieces = part.cut(PushHeader.MOST_FLOATS);
        for (int i = 0; i < pieces.size(); i++) {
            PushTerms of = i == pieces.size() - 1 ? terms : terms.notLast();
            streams.get(shard).add(pieces.get(i), gradient, of, update);
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
        long[] versions = versionsAtFetch.clone();
        return new Update(
                this,
                all,
                (shard, last) ->
                        new PushTerms(versions[shard], last, !counted.contains(shard), clock, Optional.empty()));
    }

    /**
     * Begins a gradient that is added to a vector of the shards, in the place of applying the update rule. It counts
     * for no version. Where the vector is not there (any more), it is dropped, which the outcome says.
     *
     * @param all the parameters that the gradient is for
     */
    public Update beginInto(RangeSet all, VectorName into) {
        return new Update(this, all, (shard, last) -> new PushTerms(-1, last, false, Turn.UNKNOWN, Optional.of(into)));
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
