package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes as they are. */
record PlainChannel(SocketChannel socket) implements SecuredChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return socket.read(targets, offset, length);
    }

    @Override
    public long write(ByteBuffer... sources) throws IOException {
        return socket.write(sources);
    }

    @Override
    public boolean unsent() {
        return false;
    }

    @Override
    public int awaited(int operation) {
        return operation;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
