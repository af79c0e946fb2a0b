package org.distbelief.paramserver.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.thrift.TException;
import org.apache.thrift.TProcessor;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.security.Handshakes;
import org.distbelief.paramserver.security.PeerLog;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.security.WireSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a Thrift service in plain binary protocol, unframed, with a thread per connection and a bound on connections.
 * Whatever a peer sends, at worst its own connection is closed.
 */
public final class ThriftServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftServer.class);
    private static final String CLOSED = "closed the connection from";
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final String name;
    private final ServerSocketChannel listener;
    private final TProcessor processor;
    private final WireLimits limits;
    private final Handshakes handshakes;
    private final BufferPool buffers = new BufferPool(ChannelTransport.BUFFER);
    private final LargeMessages large = new LargeMessages();
    private final PeerLog log;
    private final OpenConnections open;
    private final Map<ChannelTransport, Thread> connections = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;

    /**
     * Takes the port; connections are served after {@link #start}.
     *
     * @param name names the threads and stands in the log
     * @param bind address to listen at
     * @param port TCP port; 0 for a free one
     * @param processor the service; gets {@link WireProtocol}s, from many threads
     * @param security what clients must prove before anything that they send is read as a request
     * @throws IOException where the port cannot be had; names it
     */
    public ThriftServer(
            String name, InetAddress bind, int port, TProcessor processor, WireLimits limits, WireSecurity security)
            throws IOException {
        this(name, bind, port, processor, limits, security, new OpenConnections());
    }

    /**
     * Likewise.
     *
     * @param open counts the connections, for others than the server
     */
    public ThriftServer(
            String name,
            InetAddress bind,
            int port,
            TProcessor processor,
            WireLimits limits,
            WireSecurity security,
            OpenConnections open)
            throws IOException {
        this.name = name;
        this.open = open;
        this.processor = processor;
        this.limits = limits;
        this.log = new PeerLog(LOG, name, System::nanoTime);
        this.handshakes = new Handshakes(name, security, this::welcome);
        this.listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(bind, port));
        } catch (IOException e) {
            listener.close();
            throw new IOException(name + " cannot listen at " + bind + ", port " + port + ": " + e.getMessage(), e);
        }
        this.acceptor = new Thread(this::accept, name + "-acceptor");
        acceptor.setDaemon(true);
    }

    /** Starts to serve. */
    public void start() {
        acceptor.start();
    }

    /** Where the server listens. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException(name + " is closed", e);
        }
    }

    /** Connections that are open now, without those whose other end has not proved yet who it is. */
    public int connections() {
        return connections.size();
    }

    /** Closes the port and all connections, and waits until the last request under way has ended, at most 10 s. */
    @Override
    public void close() {
        synchronized (this) {
            closing.countDown();
        }
        close(listener);
        handshakes.close();
        connections.keySet().forEach(ChannelTransport::close);
        long deadline = System.nanoTime() + STOP.toNanos();
        boolean interrupted = !joined(acceptor, deadline);
        for (Thread thread : connections.values()) {
            thread.interrupt();
            interrupted |= !joined(thread, deadline);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean joined(Thread thread, long deadline) {
        if (thread == Thread.currentThread()) {
            return true;
        }
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                handshakes.begin(listener.accept());
            } catch (ClosedChannelException | InterruptedException e) {
                break;
            } catch (IOException | OutOfMemoryError e) {
                LOG.warn("{}: cannot accept a connection: {}", name, e.toString());
                pause();
            }
        }
        connections.keySet().forEach(ChannelTransport::close);
    }

    private void pause() {
        try {
            if (closing.await(ACCEPT_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("{}: closing", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void welcome(SecuredChannel channel, String peer) {
        // The buffers go back when this thread, the only one that uses them, is done with the connection.
        try (channel;
                BufferPool.Lease in = buffers.take();
                BufferPool.Lease out = buffers.take();
                LargeMessages.Turn turn = large.connection(limits.read());
                ChannelTransport transport = new ChannelTransport(channel, limits, in.buffer(), out.buffer(), turn)) {
            if (admit(transport)) {
                serve(transport, peer);
            } else {
                log.warn(CLOSED, peer, connections() + " are open, which is the bound, or the server is closing");
            }
        } catch (IOException | TTransportException | OutOfMemoryError e) {
            log.warn("cannot serve", peer, e.toString());
        }
    }

    private synchronized boolean admit(ChannelTransport transport) {
        if (closing.getCount() == 0 || connections.size() >= limits.connections()) {
            return false;
        }
        connections.put(transport, Thread.currentThread());
        open.opened();
        return true;
    }

    private void serve(ChannelTransport transport, String peer) {
        try {
            serve(transport);
        } catch (TTransportException e) {
            if (e.getType() != TTransportException.END_OF_FILE && closing.getCount() > 0) {
                log.info(CLOSED, peer, e.getMessage() + "");
            }
        } catch (TException e) {
            log.warn(CLOSED, peer, e.toString());
        } catch (StackOverflowError e) {
            log.warn(CLOSED, peer, "a message is nested too deeply");
        } catch (OutOfMemoryError e) {
            log.warn(CLOSED, peer, "there is no memory for what it wants: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}: closed the connection from {}", name, peer, e);
        } finally {
            connections.remove(transport);
            open.closed();
        }
    }

    private void serve(ChannelTransport transport) throws TException {
        WireProtocol protocol = new WireProtocol(transport);
        try {
            while (transport.awaitMessage(limits.idle())) {
                processor.process(protocol, protocol);
            }
        } finally {
            protocol.closed();
        }
    }

    private static void close(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing a channel failed", e);
        }
    }
}
