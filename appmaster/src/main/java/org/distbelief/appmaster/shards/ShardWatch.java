package org.distbelief.appmaster.shards;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** Asks every shard, and its standby, for its status about twice a second and passes the answers on. */
public final class ShardWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardWatch.class);
    private static final int MOST_THREADS = 16;
    private static final long PERIOD_MILLIS = 500;
    private static final Duration LOOKUP = Duration.ofMillis(500);

    private record Link(ShardAddress address, ShardClient client) {}

    /** Who is asked: the process that serves a shard, or its standby. */
    private record Whom(int shard, ShardDirectory directory, Duration lookup) {}

    private final ShardConnector connector;
    private final Consumer<ShardStatus> listener;
    private final ScheduledExecutorService threads;
    private final List<Future<?>> tasks = new ArrayList<>();
    private final Map<Whom, Link> links = new ConcurrentHashMap<>();

    /**
     * Begins to watch.
     *
     * @param shards how many there are
     * @param serving where the processes that serve are
     * @param standbys where the standbys are; empty where there are none
     * @param listener gets the answers, from this object's threads
     */
    public ShardWatch(
            int shards,
            ShardDirectory serving,
            Optional<ShardDirectory> standbys,
            ShardConnector connector,
            Consumer<ShardStatus> listener) {
        this.connector = connector;
        this.listener = listener;
        // One that does not answer holds its thread for seconds: the others of few shards must not wait for it.
        int asked = shards * (standbys.isPresent() ? 2 : 1);
        this.threads = Executors.newScheduledThreadPool(Math.max(1, Math.min(MOST_THREADS, asked)), task -> {
            Thread thread = new Thread(task, "shard-watch");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < shards; i++) {
            begin(new Whom(i, serving, LOOKUP));
            if (standbys.isPresent()) {
                begin(new Whom(i, standbys.get(), Duration.ZERO));
            }
        }
    }

    private void begin(Whom whom) {
        tasks.add(threads.scheduleWithFixedDelay(() -> ask(whom), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    }

    private void ask(Whom whom) {
        try {
            listener.accept(link(whom).client().status());
        } catch (IOException | ShardException e) {
            LOG.debug("A process of shard {} does not answer", whom.shard(), e);
            drop(whom);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The status of shard {} could not be had", whom.shard(), e);
            drop(whom);
        }
    }

    private Link link(Whom whom) throws IOException, InterruptedException {
        ShardAddress address = whom.directory().find(whom.shard(), whom.lookup());
        Link link = links.get(whom);
        if (link == null || !link.address().equals(address)) {
            drop(whom);
            link = new Link(address, connector.connect(address));
            links.put(whom, link);
        }
        return link;
    }

    private void drop(Whom whom) {
        Link link = links.remove(whom);
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
