package org.distbelief.appmaster.shards;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what ended processes of shards have registered, in a thread of its own, so that a standby takes over at once
 * instead of when ZooKeeper misses the process.
 */
public final class ShardForgetter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardForgetter.class);

    private final Registrations registrations;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread forgetter = new Thread(task, "shard-forgetter");
        forgetter.setDaemon(true);
        return forgetter;
    });

    /** Where processes of shards are registered. */
    @FunctionalInterface
    public interface Registrations {
        /** Removes what a process has registered; may take a while. */
        void forget(int shard, long start) throws IOException;
    }

    public ShardForgetter(Registrations registrations) {
        this.registrations = registrations;
    }

    /** A process has ended for certain. Returns at once. */
    public void ended(int shard, long start) {
        thread.execute(() -> {
            try {
                registrations.forget(shard, start);
            } catch (IOException | RuntimeException e) {
                LOG.warn(
                        "The registration of shard {}, start {}, stays until ZooKeeper misses its process",
                        shard,
                        start,
                        e);
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
