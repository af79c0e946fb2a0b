package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets one command at a time start or stop the local cluster. Daemons do not inherit it. */
final class ClusterLock implements AutoCloseable {
    private final FileChannel channel;

    private ClusterLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, waiting for another command to end. */
    static ClusterLock acquire(Path run, Waiting waiting, Duration bound, Consumer<String> progress)
            throws IOException, InterruptedException {
        Files.createDirectories(run);
        Path file = run.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = tryLock(channel) != null;
            if (!locked) {
                progress.accept("Waiting for another command that starts or stops the local cluster.");
                locked = waiting.until(() -> tryLock(channel) != null, bound);
            }
            if (!locked) {
                throw new LocalClusterException("Another command has been starting or stopping the local cluster for "
                        + bound.toSeconds() + " s (it holds " + file + "). Wait for it, or end it, and try again.");
            }
            return new ClusterLock(channel);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
