package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.ShardException;

/**
 * All shards as one parameter vector: cuts what is asked by the shard map and speaks to the shards concerned at the
 * same time. A lost connection, a busy shard and a shard that has come back elsewhere are retried until the bound is
 * over. For any number of threads. An interrupt ends a call; whatever way a call ends, the buffer is not touched
 * afterwards.
 */
public final class ShardedParameters implements AutoCloseable {
    private final ShardMap shards;
    private final ShardDirectory directory;
    private final ShardConnector connector;
    private final Duration bound;
    private final List<ShardClients> clients = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads;

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
        for (int shard = 0; shard < shards.shards(); shard++) {
            clients.add(new ShardClients(connector));
        }
        AtomicInteger count = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "shard-client-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
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
        Map<Integer, Long> versions = onShards(
                shards.split(ranges),
                System.nanoTime() + bound.toNanos(),
                (shard, part, client, generation) -> client.fetch(vector, part, into));
        long[] all = new long[shards.shards()];
        Arrays.fill(all, -1);
        versions.forEach((shard, version) -> all[shard] = version);
        return all;
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
        closed.countDown();
        clients.forEach(ShardClients::close);
        threads.shutdownNow();
    }

    @FunctionalInterface
    private interface PartRequest<T> {
        T send(int shard, RangeSet part, ShardClient client, long generation) throws IOException, ShardException;
    }

    private <T> Map<Integer, T> onShards(Map<Integer, RangeSet> parts, long deadline, PartRequest<T> request)
            throws IOException, ShardException, InterruptedException {
        List<Integer> order = List.copyOf(parts.keySet());
        List<Callable<T>> calls = new ArrayList<>();
        parts.forEach((shard, part) -> calls.add(
                () -> retry(shard, deadline, (client, generation) -> request.send(shard, part, client, generation))));
        try {
            List<T> results = calls.size() == 1 ? List.of(calls.get(0).call()) : ParallelCalls.run(calls, threads);
            Map<Integer, T> byShard = new HashMap<>();
            for (int i = 0; i < results.size(); i++) {
                byShard.put(order.get(i), results.get(i));
            }
            return byShard;
        } catch (IOException | ShardException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T retry(int shard, long deadline, ShardClients.Request<T> request)
            throws IOException, ShardException, InterruptedException {
        Retry retry = new Retry();
        String where = "shard " + shard;
        while (true) {
            Exception failure;
            try {
                ShardAddress address =
                        directory.find(shard, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                where = address.toString();
                return clients.get(shard).send(address, request);
            } catch (ShardException e) {
                if (!e.kind().retryable()) {
                    throw e;
                }
                failure = e;
            } catch (IOException e) {
                failure = e;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while speaking to " + where);
            }
            long pause = retry.nextMillis(Duration.ofNanos(deadline - System.nanoTime()), where, bound, failure);
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                throw new ShardUnavailableException("closed while speaking to " + where, failure);
            }
        }
    }
}
