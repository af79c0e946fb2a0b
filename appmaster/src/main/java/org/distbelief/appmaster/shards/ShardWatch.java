package org.distbelief.appmaster.shards;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardConnector;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every shard for its status about once a second and passes the answers on. */
public final class ShardWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardWatch.class);
    private static final int MOST_THREADS = 8;
    private static final long PERIOD_MILLIS = 500;
    private static final Duration LOOKUP = Duration.ofMillis(500);

    private record Link(ShardAddress address, ShardClient client) {}

    private final ShardDirectory directory;
    private final ShardConnector connector;
    private final Consumer<ShardStatus> listener;
    private final ScheduledExecutorService threads;
    private final List<Future<?>> tasks = new ArrayList<>();
    private final Map<Integer, Link> links = new ConcurrentHashMap<>();

    /**
     * Begins to watch.
     *
     * @param shards how many there are
     * @param listener gets the answers, from this object's threads
     */
    public ShardWatch(int shards, ShardDirectory directory, ShardConnector connector, Consumer<ShardStatus> listener) {
        this.directory = directory;
        this.connector = connector;
        this.listener = listener;
        this.threads = Executors.newScheduledThreadPool(Math.max(1, Math.min(MOST_THREADS, shards)), task -> {
            Thread thread = new Thread(task, "shard-watch");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < shards; i++) {
            int shard = i;
            tasks.add(threads.scheduleWithFixedDelay(() -> ask(shard), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    private void ask(int shard) {
        try {
            listener.accept(link(shard).client().status());
        } catch (IOException | ShardException e) {
            LOG.debug("Shard {} does not answer", shard, e);
            drop(shard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The status of shard {} could not be had", shard, e);
            drop(shard);
        }
    }

    private Link link(int shard) throws IOException, InterruptedException {
        ShardAddress address = directory.find(shard, LOOKUP);
        Link link = links.get(shard);
        if (link == null || !link.address().equals(address)) {
            drop(shard);
            link = new Link(address, connector.connect(address));
            links.put(shard, link);
        }
        return link;
    }

    private void drop(int shard) {
        Link link = links.remove(shard);
        if (link != null) {
            link.client().close();
        }
    }

    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(true));
        threads.shutdownNow();
        links.values().forEach(link -> link.client().close());
    }
}
