package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.paramserver.shard.ShardException;

/**
 * Requests to shards, those to different ones at the same time. A lost connection, a busy shard and a shard that has
 * come back elsewhere are retried until a deadline. For any number of threads.
 */
final class ShardCalls implements AutoCloseable {
    private final ShardDirectory directory;
    private final Duration bound;
    private final List<ShardClients> clients = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads;

    /**
     * @param shards how many there are
     * @param bound how long one call may take in all, retries included, for messages
     */
    ShardCalls(int shards, ShardDirectory directory, ShardConnector connector, Duration bound) {
        this.directory = directory;
        this.bound = bound;
        for (int shard = 0; shard < shards; shard++) {
            clients.add(new ShardClients(connector));
        }
        AtomicInteger count = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "shard-client-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Makes calls at the same time; the first failure ends the others. Afterwards none goes on. */
    <T> List<T> all(List<Callable<T>> calls) throws IOException, ShardException, InterruptedException {
        try {
            return calls.size() == 1 ? List.of(calls.get(0).call()) : ParallelCalls.run(calls, threads);
        } catch (IOException | ShardException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends a request to a shard that is known, without retrying. */
    <T> T once(int shard, ShardClients.Request<T> request) throws IOException, ShardException, InterruptedException {
        return clients.get(shard).send(directory.find(shard, Duration.ZERO), request);
    }

    /**
     * Sends a request, again and again where that may help.
     *
     * @param deadline until when, {@link System#nanoTime}
     * @throws ShardUnavailableException where the shard could not be reached by then
     */
    <T> T retry(int shard, long deadline, ShardClients.Request<T> request)
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

    /** Ends all threads and connections. Calls under way fail. */
    @Override
    public void close() {
        closed.countDown();
        clients.forEach(ShardClients::close);
        threads.shutdownNow();
    }
}
