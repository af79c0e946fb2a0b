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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;

/**
 * All shards as one parameter vector: cuts what is asked by the shard map and speaks to the shards concerned at the
 * same time. A lost connection, a busy shard and a shard that has come back elsewhere are retried, a push with the same
 * id, until the bound is over. For any number of threads: fetches and one push run side by side, further pushes wait
 * for their turn. An interrupt ends a call; whatever way a call ends, the buffer is not touched afterwards.
 */
public final class ShardedParameters implements AutoCloseable {
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    /** Whose pushes are numbered together. */
    private record Source(int replica, int partition, long incarnation) {}

    private final ShardMap shards;
    private final ShardDirectory directory;
    private final Duration bound;
    private final List<ShardClients> clients = new ArrayList<>();
    private final Map<Source, AtomicLongArray> acknowledged = new ConcurrentHashMap<>();
    private final ReentrantLock pushing = new ReentrantLock(true);
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

    /**
     * Has a gradient applied, exactly once on every shard concerned, however often it must be sent.
     *
     * @param id sequences ascend from push to push of an incarnation. After an exception it is unknown which shards
     *     have applied the push; it may be sent again with the same id and ranges
     * @param gradient holds the ranges' floats; must not change meanwhile
     * @param versionsAtFetch what {@link #fetch} returned for the parameters that the gradient was computed from; -1
     *     for a shard that was not asked
     * @throws ShardUnavailableException where a shard could not be reached within the bound
     * @throws ShardException where a shard refuses for good
     */
    public PushOutcome push(PushId id, RangeSet ranges, ParameterBuffer gradient, long[] versionsAtFetch)
            throws IOException, ShardException, InterruptedException {
        return push(id, ranges, gradient, versionsAtFetch, Set.of());
    }

    /**
     * {@link #push(PushId, RangeSet, ParameterBuffer, long[])} of a part of an update that others push as well.
     *
     * @param counted shards on which another part counts as the update, so that this one does not
     */
    public PushOutcome push(
            PushId id, RangeSet ranges, ParameterBuffer gradient, long[] versionsAtFetch, Set<Integer> counted)
            throws IOException, ShardException, InterruptedException {
        if (versionsAtFetch.length != shards.shards()) {
            throw new IllegalArgumentException("expected a version for each of the " + shards.shards()
                    + " shards, found " + versionsAtFetch.length);
        }
        AtomicLongArray last = acknowledged.computeIfAbsent(
                new Source(id.replica(), id.partition(), id.incarnation()), s -> new AtomicLongArray(shards.shards()));
        long deadline = System.nanoTime() + bound.toNanos();
        if (!pushing.tryLock(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException(id + " waited " + bound + " for the push before it");
        }
        try {
            return new PushOutcome(onShards(shards.split(ranges), deadline, (shard, part, client, generation) -> {
                PushReceipt receipt = client.push(
                        new PushHeader(
                                generation,
                                id,
                                last.get(shard),
                                part,
                                versionsAtFetch[shard],
                                !counted.contains(shard)),
                        gradient);
                last.set(shard, Math.max(last.get(shard), id.sequence()));
                return receipt;
            }));
        } finally {
            pushing.unlock();
        }
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
        long pause = FIRST_PAUSE_MILLIS;
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
            if (deadline - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(pause)) {
                throw new ShardUnavailableException(
                        "no answer from " + where + " within " + bound + "; the last failure: " + failure.getMessage(),
                        failure);
            }
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                throw new ShardUnavailableException("closed while speaking to " + where, failure);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }
}
