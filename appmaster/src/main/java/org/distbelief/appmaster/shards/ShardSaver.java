package org.distbelief.appmaster.shards;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.conf.Sizes;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardConnector;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.storage.SavedFile;

/** Has all shards write vectors into one directory, side by side. */
public final class ShardSaver {
    private static final Duration LOOKUP = Duration.ofSeconds(30);
    private static final int MOST_THREADS = 32;

    private final int shards;
    private final ShardDirectory directory;
    private final ShardConnector connector;
    private final Duration bound;

    /**
     * @param shards how many there are
     * @param bound how long all of them together may take
     */
    public ShardSaver(int shards, ShardDirectory directory, ShardConnector connector, Duration bound) {
        this.shards = shards;
        this.directory = directory;
        this.connector = connector;
        this.bound = bound;
    }

    /**
     * Saves vectors of all shards.
     *
     * @param target directory of the cluster's file system; must exist
     * @return what each shard wrote, by index
     * @throws IOException if any shard did not; what others wrote is left for the caller to remove
     */
    public List<SavedFile> save(String target, List<VectorName> vectors) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(MOST_THREADS, shards));
        try {
            List<Callable<SavedFile>> calls = new ArrayList<>();
            for (int i = 0; i < shards; i++) {
                int shard = i;
                calls.add(() -> {
                    try (ShardClient client = connector.connect(directory.find(shard, LOOKUP))) {
                        return client.save(target, vectors);
                    }
                });
            }
            List<SavedFile> saved = new ArrayList<>();
            int shard = 0;
            for (Future<SavedFile> future : threads.invokeAll(calls, bound.toMillis(), TimeUnit.MILLISECONDS)) {
                saved.add(result(shard++, future));
            }
            return saved;
        } finally {
            threads.shutdownNow();
        }
    }

    private SavedFile result(int shard, Future<SavedFile> future) throws IOException, InterruptedException {
        try {
            return future.get(0, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("shard " + shard + " did not save: " + e.getCause(), e.getCause());
        } catch (CancellationException | java.util.concurrent.TimeoutException e) {
            throw new IOException("shard " + shard + " did not save within " + Sizes.text(bound), e);
        }
    }
}
