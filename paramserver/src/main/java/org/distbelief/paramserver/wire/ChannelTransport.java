package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.thrift.transport.TEndpointTransport;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.security.WireSecurity;

/**
 * A Thrift transport over a socket channel with direct buffers, unframed. Small fields go through the buffers; a
 * payload goes straight between the socket and the caller's direct buffer. Every wait has a bound. For one thread;
 * {@link #close} may come from any.
 */
final class ChannelTransport extends TEndpointTransport {
    private static final int BUFFER = 32 << 10;
    private static final int SMALL = BUFFER / 4;

    /** With so much to come a reader that has read everything pauses, so that it is not woken for each packet. */
    private static final int MUCH = 256 << 10;

    private static final long GATHER_NANOS = 20_000;

    private final SecuredChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private volatile long silenceMillis;

    /** @param channel connected; closed with the transport */
    ChannelTransport(SecuredChannel channel, WireLimits limits) throws IOException, TTransportException {
        super(limits.thrift());
        this.channel = channel;
        this.silenceMillis = limits.read().toMillis();
        channel.socket().setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.selector = Selector.open();
        this.key = channel.socket().register(selector, 0);
    }

    /** Connects, and has both ends prove who they are, each within the bound. */
    static ChannelTransport connect(InetSocketAddress address, Duration bound, WireLimits limits, WireSecurity security)
            throws IOException, TTransportException {
        SocketChannel channel = SocketChannel.open();
        try {
            if (address.isUnresolved()) {
                throw new IOException("the name " + address.getHostString() + " is not known");
            }
            channel.socket().connect(address, (int) Math.max(1, bound.toMillis()));
            String server = address.getHostString() + ":" + address.getPort();
            return new ChannelTransport(security.connect(channel, server, WireSecurity.HANDSHAKE), limits);
        } catch (IOException | TTransportException e) {
            channel.close();
            throw e;
        }
    }

    /** How long the peer may be silent from now on. */
    void silence(Duration bound) {
        silenceMillis = Math.max(1, bound.toMillis());
    }

    /**
     * Waits for the first byte of a message and gives the message its full allowance.
     *
     * @return false where the peer has closed the connection instead
     */
    boolean awaitMessage(Duration bound) throws TTransportException {
        resetConsumedMessageSize(-1);
        if (in.hasRemaining()) {
            return true;
        }
        in.clear();
        int got;
        try {
            got = receive(in, Math.max(1, bound.toMillis()));
        } finally {
            in.flip();
        }
        return got > 0;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void open() throws TTransportException {
        throw new TTransportException(TTransportException.ALREADY_OPEN, "a channel transport is made open");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws TTransportException {
        if (length == 0) {
            return 0;
        }
        countConsumedMessageBytes(length);
        if (!in.hasRemaining()) {
            fill();
        }
        int got = Math.min(length, in.remaining());
        in.get(target, offset, got);
        countConsumedMessageBytes(got - length);
        return got;
    }

    /**
     * Fills a buffer with bytes that do not count against the message's allowance; few bytes by way of the transport's
     * own buffer, so that many small stretches do not cost a system call each.
     */
    void readPayload(ByteBuffer target) throws TTransportException {
        while (target.hasRemaining()) {
            if (in.hasRemaining()) {
                int size = Math.min(in.remaining(), target.remaining());
                target.put(target.position(), in, in.position(), size);
                target.position(target.position() + size);
                in.position(in.position() + size);
            } else if (target.remaining() < SMALL) {
                fill();
            } else if (receive(target, silenceMillis) < 0) {
                throw ended();
            }
        }
    }

    private void fill() throws TTransportException {
        in.clear();
        try {
            if (receive(in, silenceMillis) < 0) {
                throw ended();
            }
        } finally {
            in.flip();
        }
    }

    @Override
    public void write(byte[] source, int offset, int length) throws TTransportException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int size = Math.min(end - from, out.remaining());
            out.put(source, from, size);
            from += size;
            if (!out.hasRemaining()) {
                flush();
            }
        }
    }

    /** Sends what is buffered, then these bytes; a few bytes are buffered too. */
    void writePayload(ByteBuffer source) throws TTransportException {
        if (source.remaining() < SMALL) {
            if (source.remaining() > out.remaining()) {
                flush();
            }
            out.put(source);
            return;
        }
        out.flip();
        send(out, source);
        out.clear();
    }

    /**
     * Sends of what is buffered, and of these bytes, as much as the socket takes at once. Never waits.
     *
     * @param rest takes the bytes that are left, for {@link #writePayload}; has room for all of them
     */
    void offerPayload(ByteBuffer source, ByteBuffer rest) throws TTransportException {
        out.flip();
        try {
            channel.write(new ByteBuffer[] {out, source});
        } catch (IOException e) {
            throw lost(e);
        } finally {
            out.compact();
        }
        rest.put(source);
    }

    @Override
    public void flush() throws TTransportException {
        out.flip();
        send(out);
        out.clear();
    }

    @Override
    public void close() {
        try (channel) {
            selector.close();
        } catch (IOException e) {
            // The connection is given up; whether the peer hears of it or not makes no difference here.
            return;
        }
    }

    private int receive(ByteBuffer target, long millis) throws TTransportException {
        try {
            int got = channel.read(target);
            if (got == 0 && target.remaining() >= MUCH) {
                LockSupport.parkNanos(GATHER_NANOS);
                got = channel.read(target);
            }
            while (got == 0) {
                await(SelectionKey.OP_READ, millis, "sent nothing");
                got = channel.read(target);
            }
            return got;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private void send(ByteBuffer... sources) throws TTransportException {
        ByteBuffer last = sources[sources.length - 1];
        try {
            while (sources[0].hasRemaining() || last.hasRemaining() || channel.unsent()) {
                if (channel.write(sources) == 0) {
                    await(SelectionKey.OP_WRITE, silenceMillis, "took nothing");
                }
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private void await(int operation, long millis, String silence) throws IOException, TTransportException {
        try {
            key.interestOps(channel.awaited(operation));
            int ready = selector.select(millis);
            selector.selectedKeys().clear();
            if (ready == 0 && Thread.currentThread().isInterrupted()) {
                throw new TTransportException(TTransportException.UNKNOWN, "interrupted");
            }
            if (ready == 0 && key.isValid()) {
                throw new TTransportException(
                        TTransportException.TIMED_OUT, "the peer " + silence + " for " + millis + " ms");
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new TTransportException(TTransportException.NOT_OPEN, "the connection was closed", e);
        }
    }

    private static TTransportException lost(IOException e) {
        return new TTransportException(TTransportException.UNKNOWN, "the connection was lost: " + e, e);
    }

    private static TTransportException ended() {
        return new TTransportException(TTransportException.END_OF_FILE, "the peer closed the connection");
    }
}
