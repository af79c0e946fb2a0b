package org.distbelief.container.exchange;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.paramserver.security.WireSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions of a replica in processes of their own: one lasting TCP connection to each neighbour, and one thread that
 * moves floats between the sockets and their memory while the computation goes on.
 */
public final class SocketNeighbours implements Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(SocketNeighbours.class);
    private static final Duration STOP = Duration.ofSeconds(5);
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
     * @param port where this partition listens; closed afterwards
     * @param addresses finds another partition; may wait for it
     * @param security what the others must prove, and this partition to them
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
            WireSecurity security,
            Duration together,
            Duration silence,
            Duration bound)
            throws IOException, InterruptedException {
        SocketNeighbours neighbours = new SocketNeighbours(identity, self, silence, Selector.open());
        boolean connected = false;
        try (Meeting meeting = new Meeting(identity, self, port.listener, security, bound)) {
            neighbours.peers.putAll(meeting.connect(addresses, together));
            for (Peer peer : neighbours.peers.values()) {
                peer.registered(peer.socket().register(neighbours.selector, SelectionKey.OP_READ));
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

    private void run() {
        Map<SelectionKey, Peer> byKey = new HashMap<>();
        peers.values().forEach(peer -> byKey.put(peer.socket().keyFor(selector), peer));
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
                peers.values().forEach(Peer::resume);
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
