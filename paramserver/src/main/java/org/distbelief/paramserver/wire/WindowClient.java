package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.distbelief.paramserver.local.OpenedWindow;
import org.distbelief.paramserver.local.WindowAllowance;
import org.distbelief.paramserver.local.WindowSize;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.wire.gen.EnterReply;
import org.distbelief.paramserver.wire.gen.EnterRequest;
import org.distbelief.paramserver.wire.gen.WindowReply;
import org.distbelief.paramserver.wire.gen.WindowRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a client's connection go through shared memory where the shard is on the same node. Where that does not work for
 * any reason, the connection goes on as it is, and the client asks no more. For one thread at once.
 */
final class WindowClient {
    private static final Logger LOG = LoggerFactory.getLogger(WindowClient.class);

    private final ThriftConnection connection;
    private final WindowAllowance allowance;
    private final String shard;
    private boolean asks;

    /**
     * @param connection to the shard
     * @param allowance for the window
     * @param shard names it, for the log
     */
    WindowClient(ThriftConnection connection, WindowAllowance allowance, String shard) {
        this.connection = connection;
        this.allowance = allowance;
        this.shard = shard;
        this.asks = allowance.any();
    }

    /**
     * Prepares the connection for floats, if it has not been and no call is on its way.
     *
     * @param size of a window for them
     * @throws IOException where the shard cannot be reached
     */
    void prepare(WindowSize size) throws IOException {
        if (asks) {
            connection.prepare(transport -> {
                if (sameAddress(transport.channel().socket())) {
                    enter(transport, size);
                }
            });
        }
    }

    /** Who is on the same node is reached from the address that it has; what proves it comes later. */
    private static boolean sameAddress(SocketChannel channel) throws IOException {
        SocketAddress here = channel.getLocalAddress();
        SocketAddress there = channel.getRemoteAddress();
        return here instanceof InetSocketAddress ours
                && there instanceof InetSocketAddress theirs
                && ours.getAddress().equals(theirs.getAddress());
    }

    private void enter(ChannelTransport transport, WindowSize size) {
        if (!allowance.take()) {
            LOG.debug("{}: no more windows are allowed here", shard);
            return;
        }
        boolean entered = false;
        try {
            WindowReply offered =
                    call("window", new WindowRequest(size.toServer(), size.toClient()), new WindowReply());
            if (offered.isSetRefused() || !offered.isSetPath() || !offered.isSetName()) {
                throw new IOException("it says: " + offered.getRefused());
            }
            OpenedWindow window = OpenedWindow.open(offered.getPath(), offered.getName(), size);
            entered = call("enter", new EnterRequest(ByteBuffer.wrap(window.proof())), new EnterReply())
                    .isEntered();
            if (!entered) {
                throw new IOException("it does not accept what was found in the memory");
            }
            SecuredChannel line = transport.channel();
            SecuredChannel through = window.channel(line, allowance::giveBack);
            transport.goOnThrough(through);
            if (!transport.isOpen()) {
                // It may have been closed before it knew the new way.
                through.close();
            }
            LOG.debug("{}: floats go through shared memory", shard);
        } catch (IOException | RuntimeException e) {
            asks = false;
            LOG.info("{}: floats go through the connection, not through shared memory: {}", shard, e.toString());
        } finally {
            if (!entered) {
                allowance.giveBack();
            }
        }
    }

    private <T extends TSerializable> T call(String method, TSerializable argument, T result) throws IOException {
        try {
            return connection.call(method, argument, result, null);
        } catch (TException e) {
            throw new IOException(method + " failed: " + e.getMessage(), e);
        }
    }
}
