package org.distbelief.paramserver.security;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Reads and writes a few whole messages within one bound for all of them, however slowly their bytes come. For one
 * thread. Closing it leaves the connection open.
 */
public final class TimedChannel implements AutoCloseable {
    private final SecuredChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Duration bound;
    private final long deadline;

    /**
     * @param channel the connection
     * @param bound from now on, on everything
     */
    public TimedChannel(SecuredChannel channel, Duration bound) throws IOException {
        this.channel = channel;
        this.bound = bound;
        this.deadline = System.nanoTime() + bound.toNanos();
        this.selector = Selector.open();
        boolean registered = false;
        try {
            this.key = channel.socket().register(selector, 0);
            registered = true;
        } finally {
            if (!registered) {
                selector.close();
            }
        }
    }

    /**
     * Fills a buffer.
     *
     * @throws EOFException where the peer closes the connection instead
     * @throws SocketTimeoutException where the time is over
     */
    public void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            int got = channel.read(target);
            if (got < 0) {
                throw new EOFException("it closed the connection");
            }
            if (got == 0) {
                await(channel.awaited(SelectionKey.OP_READ));
            }
        }
    }

    /**
     * Sends a buffer.
     *
     * @throws SocketTimeoutException where the time is over
     */
    public void write(ByteBuffer source) throws IOException {
        while (source.hasRemaining() || channel.unsent()) {
            if (channel.write(source) == 0 && (source.hasRemaining() || channel.unsent())) {
                await(channel.awaited(SelectionKey.OP_WRITE));
            }
        }
    }

    /** Waits until the socket is ready. */
    void await(int operation) throws IOException {
        try {
            key.interestOps(operation);
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || selector.select(left) == 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted");
                }
                if (key.isValid()) {
                    throw new SocketTimeoutException("it did not finish within " + bound.toMillis() + " ms");
                }
            }
            selector.selectedKeys().clear();
        } catch (CancelledKeyException e) {
            throw (IOException) new ClosedChannelException().initCause(e);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
