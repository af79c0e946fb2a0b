package org.distbelief.container.exchange;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.conf.Sizes;
import org.distbelief.container.exchange.SocketNeighbours.AddressBook;
import org.distbelief.paramserver.security.Handshakes;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.security.TimedChannel;
import org.distbelief.paramserver.security.WireSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a partition together with the others: it calls those of lower number while it is called by those of higher
 * number. First both ends prove that they belong to the job, then each says which partition it is.
 */
final class Meeting implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Meeting.class);
    private static final Duration GREETING = Duration.ofSeconds(5);

    private final ReplicaIdentity identity;
    private final int self;
    private final ServerSocketChannel listener;
    private final WireSecurity security;
    private final Duration bound;
    private final Handshakes handshakes;
    private final Thread acceptor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private boolean over;

    /**
     * @param listener where the others call; closed with the meeting
     * @param security what the others must prove
     * @param bound how long one waits for a neighbour that is alive
     */
    Meeting(ReplicaIdentity identity, int self, ServerSocketChannel listener, WireSecurity security, Duration bound) {
        this.identity = identity;
        this.self = self;
        this.listener = listener;
        this.security = security;
        this.bound = bound;
        this.handshakes = new Handshakes("exchange-" + self + "-greeting", security, this::answer);
        this.acceptor = new Thread(this::accept, "exchange-" + self + "-acceptor");
        acceptor.setDaemon(true);
    }

    /**
     * Connects with all others.
     *
     * @param together how long that may take
     * @return by number; owned by the caller
     * @throws IOException where not all are connected in time; says which
     */
    Map<Integer, Peer> connect(AddressBook addresses, Duration together) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + together.toNanos();
        acceptor.start();
        for (int other = 0; other < self; other++) {
            call(other, addresses.find(other, left(deadline)), left(deadline));
        }
        lock.lockInterruptibly();
        try {
            while (peers.size() < identity.partitions() - 1) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new SocketTimeoutException("partition " + self
                            + " of the replica was not called by all others within " + Sizes.text(together)
                            + ": it is connected with " + peers.keySet() + " of " + identity.partitions()
                            + " partitions");
                }
                if (came.awaitNanos(left) <= 0) {
                    LOG.debug("Partition {}: nobody called", self);
                }
            }
            over = true;
            Map<Integer, Peer> all = new TreeMap<>(peers);
            peers.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    }

    private void call(int other, InetSocketAddress address, Duration most) throws IOException {
        String where = address.getHostString() + ":" + address.getPort();
        SocketChannel socket = SocketChannel.open();
        boolean done = false;
        try {
            long millis = Math.min(Integer.MAX_VALUE, most.toMillis());
            socket.socket().connect(new InetSocketAddress(address.getHostString(), address.getPort()), (int) millis);
            SecuredChannel channel = security.connect(socket, where, WireSecurity.HANDSHAKE);
            try (TimedChannel timed = new TimedChannel(channel, GREETING)) {
                timed.write(ByteBuffer.wrap(identity.greeting(self, other)));
                if (identity.sender(greeting(timed), self) != other) {
                    throw new IOException("it is of another replica, or of another version of the program");
                }
            }
            done = add(other, where, channel);
        } catch (IOException e) {
            throw new IOException(
                    "partition " + self + " of the replica cannot reach partition " + other + " at " + where + ": "
                            + e.getMessage(),
                    e);
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private void accept() {
        try {
            while (true) {
                handshakes.begin(listener.accept());
            }
        } catch (ClosedChannelException | InterruptedException e) {
            LOG.debug("Partition {}: waits for calls no longer", self);
        } catch (IOException | OutOfMemoryError e) {
            LOG.error("Partition {} cannot be called any more", self, e);
        }
    }

    /** Called in the connection's own thread. */
    private void answer(SecuredChannel channel, String caller) {
        boolean done = false;
        try (TimedChannel timed = new TimedChannel(channel, GREETING)) {
            int from = identity.sender(greeting(timed), self);
            if (from > self) {
                timed.write(ByteBuffer.wrap(identity.greeting(self, from)));
                done = add(from, caller, channel);
            }
            if (!done) {
                LOG.warn("Closed a connection from {}: not a neighbour that is expected", caller);
            }
        } catch (IOException e) {
            LOG.warn("Closed a connection from {}: {}", caller, e.toString());
        } finally {
            if (!done) {
                close(channel);
            }
        }
    }

    private static ByteBuffer greeting(TimedChannel channel) throws IOException {
        ByteBuffer greeting = ByteBuffer.allocate(ReplicaIdentity.BYTES);
        channel.read(greeting);
        return greeting.flip();
    }

    private boolean add(int partition, String address, SecuredChannel channel) throws IOException {
        channel.socket().setOption(StandardSocketOptions.TCP_NODELAY, true);
        lock.lock();
        try {
            if (over || peers.containsKey(partition)) {
                return false;
            }
            peers.put(partition, new Peer(partition, address, channel, bound));
            came.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static void close(SecuredChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a connection failed", e);
        }
    }

    /** Waits for calls no longer, and closes the connections that {@link #connect} has not returned. */
    @Override
    public void close() throws IOException {
        listener.close();
        handshakes.close();
        lock.lock();
        try {
            over = true;
            peers.values().forEach(Peer::close);
            peers.clear();
        } finally {
            lock.unlock();
        }
    }
}
