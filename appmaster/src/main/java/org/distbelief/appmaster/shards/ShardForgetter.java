package org.distbelief.appmaster.shards;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.distbelief.appmaster.job.ShardEnds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what ended processes of shards have registered, in a thread of its own, so that a standby takes over at once
 * instead of when ZooKeeper misses the process.
 */
public final class ShardForgetter implements ShardEnds, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardForgetter.class);

    private final Registrations registrations;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread forgetter = new Thread(task, "shard-forgetter");
        forgetter.setDaemon(true);
        return forgetter;
    });

    /** Where processes of shards are registered; its methods may take a while. */
    public interface Registrations {
        /** Removes whatever a process has registered. */
        void forget(int shard, long start) throws IOException;

        /** Removes what it has registered as a standby. */
        void forgetStandby(int shard, long start) throws IOException;
    }

    @FunctionalInterface
    private interface Removal {
        void remove(int shard, long start) throws IOException;
    }

    public ShardForgetter(Registrations registrations) {
        this.registrations = registrations;
    }

    @Override
    public void ended(int shard, long start) {
        remove(registrations::forget, shard, start);
    }

    @Override
    public void givenUp(int shard, long start) {
        remove(registrations::forgetStandby, shard, start);
    }

    private void remove(Removal removal, int shard, long start) {
        thread.execute(() -> {
            try {
                removal.remove(shard, start);
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
