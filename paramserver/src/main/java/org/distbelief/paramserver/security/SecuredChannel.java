package org.distbelief.paramserver.security;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.SocketChannel;

/**
 * A connection whose ends know each other, as {@link WireSecurity} says. It never blocks. One thread at a time may read
 * and one may write; closing may come from any.
 */
public interface SecuredChannel extends ScatteringByteChannel, Closeable {
    /** The connection below, for a selector and for options only; not blocking. */
    SocketChannel socket();

    /**
     * Reads what is there: fewer bytes than there is room for only where no more can be had before {@link #socket} is
     * ready again. Whoever leaves room unasked for must come back by itself: the socket does not become ready for what
     * has come out of it already.
     *
     * @return how many bytes; -1 at the end
     */
    @Override
    long read(ByteBuffer[] targets, int offset, int length) throws IOException;

    @Override
    default long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    /**
     * Takes bytes to send. What was taken may still be {@link #unsent}.
     *
     * @return how many; 0 where {@link #socket} must become ready first
     */
    long write(ByteBuffer... sources) throws IOException;

    /** Whether taken bytes wait for {@link #socket}; a {@link #write}, also of nothing, goes on with them. */
    boolean unsent();

    /**
     * What {@link #socket} must become ready for before a call that could do nothing makes sense again.
     *
     * @param operation of the call: {@code SelectionKey.OP_READ} or {@code OP_WRITE}
     */
    int awaited(int operation);
}
