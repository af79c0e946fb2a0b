package org.distbelief.paramserver.bench;

import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What everything else is measured against: one byte that says what to do, then as many bytes as were agreed, over a
 * blocking socket channel, from and to the same off-heap memory. For one thread.
 */
final class RawPeer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RawPeer.class);

    private static final byte FETCH = 1;
    private static final byte PUSH = 2;
    private static final byte PING = 3;
    private static final byte CPU = 4;

    private final SocketChannel channel;
    private final ByteBuffer small = ByteBuffer.allocateDirect(Long.BYTES);

    RawPeer(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    static RawPeer connect(int port) throws IOException {
        return new RawPeer(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** Serves connections one after the other, until the listener is closed. */
    static void serve(ServerSocketChannel listener, int bytes) throws IOException {
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes);
        while (true) {
            try (RawPeer peer = new RawPeer(listener.accept())) {
                peer.answer(memory);
            } catch (EOFException e) {
                LOG.debug("A client has ended", e);
            } catch (ClosedChannelException e) {
                return;
            }
        }
    }

    private void answer(ByteBuffer memory) throws IOException {
        while (true) {
            switch (command()) {
                case FETCH -> write(memory.clear());
                case PUSH -> {
                    read(memory.clear());
                    command(PUSH);
                }
                case PING -> command(PING);
                case CPU -> write(small.clear().putLong(0, cpuNanos()));
                default -> throw new IOException("unknown command");
            }
        }
    }

    /** Processor time that this process has used, in ns; that of the system on its behalf included. */
    static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    void fetch(ByteBuffer into) throws IOException {
        command(FETCH);
        read(into.clear());
    }

    void push(ByteBuffer from) throws IOException {
        command(PUSH);
        write(from.clear());
        command();
    }

    void ping() throws IOException {
        command(PING);
        command();
    }

    /** {@link #cpuNanos} of the other end. */
    long otherCpuNanos() throws IOException {
        command(CPU);
        read(small.clear());
        return small.getLong(0);
    }

    private void command(byte command) throws IOException {
        write(small.clear().limit(1).put(0, command));
    }

    private byte command() throws IOException {
        read(small.clear().limit(1));
        return small.get(0);
    }

    private void read(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("the other end closed the connection");
            }
        }
    }

    private void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
