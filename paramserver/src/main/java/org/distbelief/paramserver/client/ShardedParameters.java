package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.ShardException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All shards as one parameter vector: cuts what is asked by the shard map and speaks to the shards concerned at the
 * same time. A lost connection, a busy shard and a shard that has come back elsewhere are retried until the bound is
 * over. For any number of threads. An interrupt ends a call; whatever way a call ends, the buffer is not touched
 * afterwards.
 */
public final class ShardedParameters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardedParameters.class);

    private final ShardMap shards;
    private final ShardDirectory directory;
    private final ShardConnector connector;
    private final Duration bound;
    private final ShardCalls calls;

    /**
     * @param shards which shard holds what
     * @param directory where the shards are
     * @param connector makes clients of them
     * @param bound how long one call may take in all, retries included
     */
    public ShardedParameters(ShardMap shards, ShardDirectory directory, ShardConnector connector, Duration bound) {
        this.shards = shards;
        this.directory = directory;
        this.connector = connector;
        this.bound = bound;
        this.calls = new ShardCalls(shards.shards(), directory, connector, bound);
    }

    /**
     * Copies parameters from the shards.
     *
     * @param into where they go, at their flat indices
     * @return for each shard the version that it had before its first float was read; -1 for a shard that holds none of
     *     them
     * @throws ShardUnavailableException where a shard could not be reached within the bound
     * @throws ShardException where a shard refuses for good
     */
    public long[] fetch(RangeSet ranges, ParameterBuffer into)
            throws IOException, ShardException, InterruptedException {
        return fetch(VectorName.PARAMETERS, ranges, into);
    }

    /** {@link #fetch(RangeSet, ParameterBuffer)} of any vector that the shards keep. */
    public long[] fetch(VectorName vector, RangeSet ranges, ParameterBuffer into)
            throws IOException, ShardException, InterruptedException {
        return fetch(vector, ranges, into, OptionalInt.empty());
    }

    /**
     * {@link #fetch(RangeSet, ParameterBuffer)}.
     *
     * @param keptFor the replica that will compute a gradient of these parameters from what it fetches: where the
     *     update rule compares with them, the shards keep a copy
     */
    public long[] fetch(RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws IOException, ShardException, InterruptedException {
        return fetch(VectorName.PARAMETERS, ranges, into, keptFor);
    }

    private long[] fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws IOException, ShardException, InterruptedException {
        Map<Integer, Long> versions = onShards(
                shards.split(ranges),
                System.nanoTime() + bound.toNanos(),
                (shard, part, client, generation) -> client.fetch(vector, part, into, keptFor));
        long[] all = new long[shards.shards()];
        Arrays.fill(all, -1);
        versions.forEach((shard, version) -> all[shard] = version);
        return all;
    }

    /**
     * Waits until every shard lets a replica go on. The bound holds for each answer; the shards answer that the replica
     * must go on waiting, and see to it that it waits only for replicas of which they hear.
     *
     * @param goesOn called whenever a shard has answered, in any thread: whether the replica still wants its turn
     * @return the clock with which it should go on: its own, or the latest that a shard names; meaningless where it no
     *     longer wants its turn
     * @throws ShardUnavailableException where a shard could not be reached within the bound
     * @throws ShardException where a shard refuses for good
     */
    public long turn(Turn turn, BooleanSupplier goesOn) throws IOException, ShardException, InterruptedException {
        List<Callable<Long>> turns = new ArrayList<>();
        for (int shard = 0; shard < shards.shards(); shard++) {
            int index = shard;
            turns.add(() -> turn(index, turn, goesOn));
        }
        return calls.all(turns).stream().mapToLong(Long::longValue).max().orElse(turn.clock());
    }

    private long turn(int shard, Turn turn, BooleanSupplier goesOn)
            throws IOException, ShardException, InterruptedException {
        while (true) {
            Turn.Answer answer =
                    calls.retry(shard, System.nanoTime() + bound.toNanos(), (client, generation) -> client.turn(turn));
            if (!goesOn.getAsBoolean() || answer.granted()) {
                return answer.clock();
            }
        }
    }

    /**
     * Tells the shards that a replica has nothing to do until it asks for its turn again. One that cannot be told finds
     * out by the replica's silence.
     */
    public void leave(int replica, long incarnation) throws InterruptedException {
        for (int shard = 0; shard < shards.shards(); shard++) {
            try {
                calls.once(shard, (client, generation) -> {
                    client.leave(replica, incarnation);
                    return true;
                });
            } catch (IOException | ShardException e) {
                LOG.info("Shard {} could not be told that replica {} pauses: {}", shard, replica, e.toString());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while leaving shard " + shard);
            }
        }
    }

    /** The shards that hold some of a set of parameters. */
    public Set<Integer> holders(RangeSet ranges) {
        return Set.copyOf(shards.split(ranges).keySet());
    }

    /** The pushes of one partition of a replica; the caller closes them. */
    public Pushes pushes(PushSource source) {
        return new Pushes(shards, source, directory, connector, bound, null);
    }

    /**
     * The pushes of one partition of a replica, whose gradients travel encoded; the caller closes them.
     *
     * @param encoding of 16 bits
     * @param rest for what the encoding of a gradient loses, until it goes with the next one: memory for every
     *     parameter that is pushed, 0 at first; nobody else may touch it
     */
    public Pushes encodedPushes(PushSource source, Encoding encoding, ParameterBuffer rest) {
        return new Pushes(shards, source, directory, connector, bound, new PushEncoder(encoding, rest));
    }

    /** Ends all threads and connections. Calls under way fail. */
    @Override
    public void close() {
        calls.close();
    }

    @FunctionalInterface
    private interface PartRequest<T> {
        T send(int shard, RangeSet part, ShardClient client, long generation) throws IOException, ShardException;
    }

    private <T> Map<Integer, T> onShards(Map<Integer, RangeSet> parts, long deadline, PartRequest<T> request)
            throws IOException, ShardException, InterruptedException {
        List<Integer> order = List.copyOf(parts.keySet());
        List<Callable<T>> requests = new ArrayList<>();
        parts.forEach((shard, part) -> requests.add(() ->
                calls.retry(shard, deadline, (client, generation) -> request.send(shard, part, client, generation))));
        List<T> results = calls.all(requests);
        Map<Integer, T> byShard = new HashMap<>();
        for (int i = 0; i < results.size(); i++) {
            byShard.put(order.get(i), results.get(i));
        }
        return byShard;
    }
}
