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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.thrift.transport.TEndpointTransport;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.security.WireSecurity;
import org.jspecify.annotations.Nullable;

/**
 * A Thrift transport over a socket channel with direct buffers, unframed. Small fields go through the buffers; a
 * payload goes straight between the socket and the caller's direct buffer. Every wait has a bound, and so has every
 * message: see {@link Pace}. For one thread; {@link #close} may come from any.
 */
final class ChannelTransport extends TEndpointTransport {
    /** Bytes of each of the two buffers of a transport. */
    static final int BUFFER = 32 << 10;

    private static final int SMALL = BUFFER / 4;

    /** With so much to come a reader that has read everything pauses, so that it is not woken for each packet. */
    private static final int MUCH = 256 << 10;

    private static final long GATHER_NANOS = 20_000;

    private volatile SecuredChannel channel;
    private @Nullable SecuredChannel next;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final LargeMessages.Turn turn;
    private final Pace pace = new Pace(System::nanoTime);
    private volatile long silenceMillis;
    private boolean sending;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    /**
     * @param channel connected; closed with the transport
     * @param in of {@link #BUFFER} bytes, direct; for this transport alone as long as it is used
     * @param out likewise
     * @param turn taken for each large message that is read
     */
    ChannelTransport(SecuredChannel channel, WireLimits limits, ByteBuffer in, ByteBuffer out, LargeMessages.Turn turn)
            throws IOException, TTransportException {
        super(limits.thrift());
        this.channel = channel;
        this.in = in.clear().flip();
        this.out = out.clear();
        this.turn = turn;
        this.silenceMillis = limits.read().toMillis();
        pace.begin(silenceMillis);
        channel.socket().setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.selector = Selector.open();
        SelectionKey registered;
        try {
            registered = channel.socket().register(selector, 0);
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        this.key = registered;
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
            return new ChannelTransport(
                    security.connect(channel, server, WireSecurity.HANDSHAKE),
                    limits,
                    ByteBuffer.allocateDirect(BUFFER),
                    ByteBuffer.allocateDirect(BUFFER),
                    new LargeMessages().connection(limits.read()));
        } catch (IOException | TTransportException e) {
            channel.close();
            throw e;
        }
    }

    /** How long the peer may be silent from now on; a message begins. */
    void silence(Duration bound) {
        silenceMillis = Math.max(1, bound.toMillis());
        pace.begin(silenceMillis);
    }

    /**
     * Waits for the first byte of a message and gives the message its full allowance.
     *
     * @return false where the peer has closed the connection instead
     */
    boolean awaitMessage(Duration bound) throws TTransportException {
        turn.close();
        resetConsumedMessageSize(-1);
        sending = false;
        if (!in.hasRemaining()) {
            long millis = Math.max(1, bound.toMillis());
            pace.begin(millis);
            in.clear();
            try {
                if (receive(in, millis) < 0) {
                    return false;
                }
            } finally {
                in.flip();
            }
        }
        pace.begin(silenceMillis);
        return true;
    }

    @Override
    protected void countConsumedMessageBytes(long bytes) throws TTransportException {
        super.countConsumedMessageBytes(bytes);
        if (knownMessageSize - remainingMessageSize > LargeMessages.BYTES) {
            turn.take();
        }
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

    /** Takes bytes of a payload off the connection, for nobody. */
    void skipPayload(int length) throws TTransportException {
        for (int left = length; left > 0; ) {
            if (!in.hasRemaining()) {
                fill();
            }
            int size = Math.min(left, in.remaining());
            in.position(in.position() + size);
            left -= size;
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
        turnToSending();
        out.flip();
        try {
            wrote(channel.write(new ByteBuffer[] {out, source}));
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
        SecuredChannel following = next;
        if (following != null) {
            next = null;
            channel = following;
        }
    }

    /** What the bytes go through. */
    SecuredChannel channel() {
        return channel;
    }

    /** Has the bytes go another way over the same socket; nothing may be on its way. */
    void goOnThrough(SecuredChannel other) {
        channel = other;
    }

    /** {@link #goOnThrough}, but what is written before the next {@link #flush} goes the old way. */
    void goOnAfterFlush(SecuredChannel other) {
        next = other;
    }

    @Override
    public void close() {
        SecuredChannel open = channel;
        try (open) {
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
                await(SelectionKey.OP_READ, millis, "sent");
                got = channel.read(target);
            }
            pace.add(got);
            received.addAndGet(Math.max(0, got));
            return got;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private void send(ByteBuffer... sources) throws TTransportException {
        ByteBuffer last = sources[sources.length - 1];
        turnToSending();
        try {
            while (sources[0].hasRemaining() || last.hasRemaining() || channel.unsent()) {
                long taken = channel.write(sources);
                if (taken == 0) {
                    await(SelectionKey.OP_WRITE, silenceMillis, "took");
                }
                wrote(taken);
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private void wrote(long bytes) {
        pace.add(bytes);
        sent.addAndGet(bytes);
    }

    /** Bytes sent and received so far, without those of the handshake. */
    Traffic traffic() {
        return new Traffic(sent.get(), received.get());
    }

    /** A reply has a pace of its own: the time that the work took is not the peer's. */
    private void turnToSending() {
        if (!sending) {
            sending = true;
            pace.begin(silenceMillis);
        }
    }

    private void await(int operation, long most, String done) throws IOException, TTransportException {
        try {
            long left = pace.leftMillis();
            if (left <= 0) {
                throw new TTransportException(TTransportException.TIMED_OUT, "the peer " + done + " " + pace);
            }
            long millis = Math.min(left, most);
            key.interestOps(channel.awaited(operation));
            int ready = selector.select(millis);
            selector.selectedKeys().clear();
            if (ready == 0 && Thread.currentThread().isInterrupted()) {
                throw new TTransportException(TTransportException.UNKNOWN, "interrupted");
            }
            if (ready == 0 && key.isValid()) {
                throw new TTransportException(
                        TTransportException.TIMED_OUT, "the peer " + done + " nothing for " + millis + " ms");
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
