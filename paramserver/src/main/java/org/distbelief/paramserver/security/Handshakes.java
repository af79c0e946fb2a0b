package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that were accepted and have not proved yet who they are: each in a thread of its own, at most
 * {@value #MOST} at once and each for at most {@link WireSecurity#HANDSHAKE}. When all places are taken, whoever has
 * been there longest must go, once it has had {@value #PATIENCE_MILLIS} ms: those who mean it need a few, so that those
 * who do not cannot keep them out.
 */
public final class Handshakes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);
    static final int MOST = 64;
    private static final int PATIENCE_MILLIS = 500;
    private static final Duration STOP = Duration.ofSeconds(10);

    /** What becomes of a connection whose other end is known. */
    @FunctionalInterface
    public interface Welcome {
        /**
         * Called in the connection's thread, which may go on with it for as long as it likes.
         *
         * @param channel owned by whoever is called
         * @param peer its address, for messages
         */
        void accept(SecuredChannel channel, String peer);
    }

    private record Place(Thread thread, long since) {}

    private final String name;
    private final WireSecurity security;
    private final Welcome welcome;
    private final PeerLog log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    /** In the order of their coming. */
    private final Map<SocketChannel, Place> places = new LinkedHashMap<>();

    private long begun;
    private boolean closed;

    /**
     * @param name names the threads and stands in the log
     * @param security what the other ends must prove
     * @param welcome takes those who have
     */
    public Handshakes(String name, WireSecurity security, Welcome welcome) {
        this.name = name;
        this.security = security;
        this.welcome = welcome;
        this.log = new PeerLog(LOG, name, System::nanoTime);
    }

    /**
     * Begins the handshake of a connection; waits a moment while all places are taken. Owns the connection from now on,
     * also where it fails.
     *
     * @throws InterruptedException where the thread is interrupted while it waits
     */
    public void begin(SocketChannel channel) throws InterruptedException {
        boolean started = false;
        try {
            Thread thread = new Thread(() -> run(channel), name + "-" + ++begun);
            thread.setDaemon(true);
            if (enter(channel, thread)) {
                thread.start();
                started = true;
            }
        } finally {
            if (!started) {
                leave(channel);
                close(channel);
            }
        }
    }

    private boolean enter(SocketChannel channel, Thread thread) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (places.size() >= MOST && !closed) {
                Map.Entry<SocketChannel, Place> oldest =
                        places.entrySet().iterator().next();
                long due =
                        oldest.getValue().since() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS) - System.nanoTime();
                if (due <= 0) {
                    log.info("closed", "a connection", "it took long to prove who it is, and others wait");
                    places.remove(oldest.getKey());
                    end(oldest.getKey(), oldest.getValue());
                } else if (left.awaitNanos(due) <= 0) {
                    LOG.debug("{}: all {} places for handshakes are taken", name, MOST);
                }
            }
            if (closed) {
                return false;
            }
            places.put(channel, new Place(thread, System.nanoTime()));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void leave(SocketChannel channel) {
        lock.lock();
        try {
            places.remove(channel);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run(SocketChannel channel) {
        String peer = "an address that is not known any more";
        SecuredChannel secured;
        try {
            peer = String.valueOf(channel.getRemoteAddress());
            secured = security.accept(channel, WireSecurity.HANDSHAKE);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            log.info("refused a connection from", peer, e.toString());
            close(channel);
            return;
        } finally {
            leave(channel);
        }
        welcome.accept(secured, peer);
    }

    private static void end(SocketChannel channel, Place place) {
        close(channel);
        // Closing a channel does not wake who waits for it.
        place.thread().interrupt();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a channel failed", e);
        }
    }

    /** Closes all connections that are still in their handshakes, and waits for their threads. */
    @Override
    public void close() {
        Map<SocketChannel, Place> open;
        lock.lock();
        try {
            closed = true;
            open = new LinkedHashMap<>(places);
            open.forEach(Handshakes::end);
            left.signalAll();
        } finally {
            lock.unlock();
        }
        long deadline = System.nanoTime() + STOP.toNanos();
        for (Place place : open.values()) {
            try {
                place.thread().join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
