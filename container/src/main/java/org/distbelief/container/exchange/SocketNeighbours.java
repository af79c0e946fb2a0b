package org.distbelief.container.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.distbelief.conf.Sizes;
import org.distbelief.container.kernel.FloatMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions of a replica in processes of their own: one lasting TCP connection to each neighbour, and one thread that
 * moves floats between the sockets and their memory while the computation goes on.
 */
public final class SocketNeighbours implements Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(SocketNeighbours.class);
    private static final Duration STOP = Duration.ofSeconds(5);
    private static final int GREETING_MILLIS = 5000;
    /** Signs of life in the time after which a silent neighbour counts as lost. */
    private static final int SIGNS = 4;

    private final ReplicaIdentity identity;
    private final int self;
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private final Duration silence;
    private final Selector selector;
    private final Thread thread;

    private SocketNeighbours(ReplicaIdentity identity, int self, Duration silence, Selector selector) {
        this.silence = silence;
        this.identity = identity;
        this.self = self;
        this.selector = selector;
        this.thread = new Thread(this::run, "exchange-" + self);
        thread.setDaemon(true);
    }

    /** A port that waits for the neighbours. */
    public static final class Port implements AutoCloseable {
        private final ServerSocketChannel listener;

        /**
         * Takes a free port.
         *
         * @param bind address to listen at
         */
        public Port(InetAddress bind) throws IOException {
            listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(bind, 0));
        }

        /** The port's number. */
        public int number() throws IOException {
            return ((InetSocketAddress) listener.getLocalAddress()).getPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    /**
     * Connects a partition with all others: it calls those of lower number and is called by the others.
     *
     * @param port where this partition listens; not needed any more afterwards
     * @param addresses finds another partition; may wait for it
     * @param together how long to wait until all are connected
     * @param silence after how long without a sign of life a neighbour counts as lost
     * @param bound how long one waits for a neighbour that is alive
     * @throws IOException where not all are connected in time; says which
     */
    public static SocketNeighbours connect(
            ReplicaIdentity identity,
            int self,
            Port port,
            AddressBook addresses,
            Duration together,
            Duration silence,
            Duration bound)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + together.toNanos();
        SocketNeighbours neighbours = new SocketNeighbours(identity, self, silence, Selector.open());
        boolean connected = false;
        try {
            for (int other = 0; other < self; other++) {
                neighbours.call(other, addresses.find(other, left(deadline)), left(deadline), bound);
            }
            neighbours.answer(port.listener, deadline, together, bound);
            for (Peer peer : neighbours.peers.values()) {
                peer.registered(peer.channel().register(neighbours.selector, SelectionKey.OP_READ));
            }
            neighbours.thread.start();
            connected = true;
            return neighbours;
        } finally {
            if (!connected) {
                neighbours.close();
            }
        }
    }

    /** Where the other partitions are. */
    @FunctionalInterface
    public interface AddressBook {
        /** Waits until it is known where a partition listens; unresolved or not. */
        InetSocketAddress find(int partition, Duration bound) throws IOException, InterruptedException;
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    }

    private void call(int other, InetSocketAddress address, Duration most, Duration bound) throws IOException {
        SocketChannel channel = SocketChannel.open();
        boolean done = false;
        try {
            Socket socket = channel.socket();
            socket.connect(new InetSocketAddress(address.getHostString(), address.getPort()), (int) most.toMillis());
            socket.setSoTimeout(GREETING_MILLIS);
            socket.getOutputStream().write(identity.greeting(self, other));
            if (identity.sender(greeting(socket), self) != other) {
                throw new IOException("it is of another replica, or of another version of the program");
            }
            add(other, address.getHostString() + ":" + address.getPort(), channel, bound);
            done = true;
        } catch (IOException e) {
            throw new IOException(
                    "partition " + self + " of the replica cannot reach partition " + other + " at "
                            + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage(),
                    e);
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private void answer(ServerSocketChannel listener, long deadline, Duration together, Duration bound)
            throws IOException {
        while (peers.size() < identity.partitions() - 1) {
            Socket socket;
            try {
                listener.socket().setSoTimeout((int) left(deadline).toMillis());
                socket = listener.socket().accept();
            } catch (SocketTimeoutException e) {
                throw new IOException(
                        "partition " + self + " of the replica was not called by all others within "
                                + Sizes.text(together) + ": it is connected with " + peers.keySet() + " of "
                                + identity.partitions() + " partitions",
                        e);
            }
            SocketChannel channel = socket.getChannel();
            boolean done = false;
            try {
                socket.setSoTimeout(GREETING_MILLIS);
                int from = identity.sender(greeting(socket), self);
                if (from > self && !peers.containsKey(from)) {
                    socket.getOutputStream().write(identity.greeting(self, from));
                    add(from, String.valueOf(socket.getRemoteSocketAddress()), channel, bound);
                    done = true;
                } else {
                    LOG.warn(
                            "Closed a connection from {}: not a neighbour that is expected",
                            socket.getRemoteSocketAddress());
                }
            } catch (IOException e) {
                LOG.warn("Closed a connection from {}: {}", socket.getRemoteSocketAddress(), e.toString());
            } finally {
                if (!done) {
                    channel.close();
                }
            }
        }
    }

    private static ByteBuffer greeting(Socket socket) throws IOException {
        byte[] greeting = socket.getInputStream().readNBytes(ReplicaIdentity.BYTES);
        if (greeting.length < ReplicaIdentity.BYTES) {
            throw new EOFException("it closed the connection instead of a greeting");
        }
        return ByteBuffer.wrap(greeting);
    }

    private void add(int partition, String address, SocketChannel channel, Duration bound) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        peers.put(partition, new Peer(partition, address, channel, bound));
    }

    private void run() {
        Map<SelectionKey, Peer> byKey = new HashMap<>();
        peers.values().forEach(peer -> byKey.put(peer.channel().keyFor(selector), peer));
        long pause = Math.max(1, silence.toMillis() / SIGNS);
        long next = System.nanoTime();
        try {
            while (selector.isOpen()) {
                selector.select(
                        key -> {
                            Peer peer = byKey.get(key);
                            if (peer != null && key.isValid()) {
                                peer.go(key.isReadable(), key.isWritable());
                            }
                        },
                        pause);
                if (System.nanoTime() >= next) {
                    peers.values().forEach(peer -> peer.lookAfter(silence));
                    next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
                }
            }
        } catch (ClosedSelectorException e) {
            LOG.debug("The exchange of partition {} ends", self);
        } catch (IOException | RuntimeException e) {
            LOG.error("The exchange of partition {} fails", self, e);
            peers.values().forEach(Peer::close);
        }
    }

    private Peer peer(int number) {
        Peer peer = peers.get(number);
        if (peer == null) {
            throw new IllegalArgumentException(
                    "expected a neighbour of partition " + self + ", one of " + peers.keySet() + ", found " + number);
        }
        return peer;
    }

    @Override
    public int partition() {
        return self;
    }

    @Override
    public int partitions() {
        return identity.partitions();
    }

    @Override
    public Outbox outbox(int to, int tag) {
        Peer peer = peer(to);
        return new Outbox() {
            private long last;

            @Override
            public void send(List<FloatMemory> pieces) {
                last = peer.send(tag, pieces);
            }

            @Override
            public void awaitSent() {
                peer.awaitSent(last);
            }
        };
    }

    @Override
    public Inbox inbox(int from, int tag) {
        Peer peer = peer(from);
        return new Inbox() {
            @Override
            public void open(List<FloatMemory> pieces) {
                peer.open(tag, pieces);
            }

            @Override
            public void await() {
                peer.await(tag);
            }
        };
    }

    @Override
    public void tell(int to, byte[] words) {
        peer(to).tell(words);
    }

    @Override
    public byte[] hear(int from) {
        return peer(from).hear();
    }

    /** Sends what is on the way, for a while, and closes all connections. */
    @Override
    public void close() {
        peers.values().forEach(peer -> peer.drain(STOP));
        peers.values().forEach(Peer::close);
        try {
            selector.close();
            thread.join(TimeUnit.NANOSECONDS.toMillis(STOP.toNanos()));
        } catch (IOException e) {
            LOG.debug("Closing a selector failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
