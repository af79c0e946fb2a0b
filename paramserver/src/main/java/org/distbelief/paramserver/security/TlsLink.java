package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import tlschannel.NeedsReadException;
import tlschannel.NeedsWriteException;
import tlschannel.TlsChannel;

/** Bytes inside TLS. */
final class TlsLink implements SecuredChannel {
    private final SocketChannel socket;
    private final TlsChannel tls;
    private int readAwaits = SelectionKey.OP_READ;
    private int writeAwaits = SelectionKey.OP_WRITE;
    private boolean unsent;

    TlsLink(SocketChannel socket, TlsChannel tls) {
        this.socket = socket;
        this.tls = tls;
    }

    /** Does the handshake. */
    void shakeHands(TimedChannel timed) throws IOException {
        while (true) {
            try {
                tls.handshake();
                return;
            } catch (NeedsReadException e) {
                timed.await(SelectionKey.OP_READ);
            } catch (NeedsWriteException e) {
                timed.await(SelectionKey.OP_WRITE);
            }
        }
    }

    @Override
    public SocketChannel socket() {
        return socket;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return (int) read(new ByteBuffer[] {target}, 0, 1);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long total = 0;
        readAwaits = SelectionKey.OP_READ;
        try {
            while (remaining(targets, offset, length)) {
                long got = tls.read(targets, offset, length);
                if (got < 0) {
                    return total > 0 ? total : -1;
                }
                total += got;
            }
        } catch (NeedsReadException e) {
            return total;
        } catch (NeedsWriteException e) {
            // A change of keys is to be answered first.
            readAwaits = SelectionKey.OP_WRITE;
        }
        return total;
    }

    @Override
    public long write(ByteBuffer... sources) throws IOException {
        long before = remaining(sources);
        unsent = true;
        try {
            tls.write(sources);
            unsent = false;
            writeAwaits = SelectionKey.OP_WRITE;
        } catch (NeedsWriteException e) {
            writeAwaits = SelectionKey.OP_WRITE;
        } catch (NeedsReadException e) {
            writeAwaits = SelectionKey.OP_READ;
        }
        return before - remaining(sources);
    }

    private static boolean remaining(ByteBuffer[] buffers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    private static long remaining(ByteBuffer... buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }

    @Override
    public boolean unsent() {
        return unsent;
    }

    @Override
    public int awaited(int operation) {
        return operation == SelectionKey.OP_READ ? readAwaits : writeAwaits;
    }

    @Override
    public boolean isOpen() {
        return tls.isOpen();
    }

    @Override
    public void close() throws IOException {
        tls.close();
    }
}
