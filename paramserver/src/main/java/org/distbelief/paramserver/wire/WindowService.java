package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.thrift.TException;
import org.distbelief.paramserver.local.OfferedWindow;
import org.distbelief.paramserver.local.WindowSize;
import org.distbelief.paramserver.wire.gen.EnterReply;
import org.distbelief.paramserver.wire.gen.EnterRequest;
import org.distbelief.paramserver.wire.gen.WindowReply;
import org.distbelief.paramserver.wire.gen.WindowRequest;

/** The calls by which clients on a shard's own node get memory to go through, part of {@link ShardService}. */
final class WindowService {
    private final SecureRandom random = new SecureRandom();
    private final Map<WireProtocol, OfferedWindow> open = new ConcurrentHashMap<>();
    private final int most;

    /** @param most windows that are open at the same time */
    WindowService(int most) {
        this.most = most;
    }

    WireMethods.Reply window(WireProtocol in) throws TException {
        WindowRequest request = in.readArgument(new WindowRequest());
        WindowReply reply = new WindowReply();
        try {
            OfferedWindow window = offer(in, new WindowSize(request.getToShard(), request.getToClient()));
            reply.setPath(window.path()).setName(window.name());
        } catch (IOException | IllegalArgumentException e) {
            reply.setRefused(e.getMessage() + "");
        }
        return out -> out.writeSingle(0, reply);
    }

    private synchronized OfferedWindow offer(WireProtocol in, WindowSize size) throws IOException {
        if (open.containsKey(in)) {
            throw new IOException("expected to be asked for a window once, the connection has one");
        }
        if (open.size() >= most) {
            throw new IOException(most + " windows are open, which is the bound");
        }
        OfferedWindow window = new OfferedWindow(size, random);
        open.put(in, window);
        in.lastOfAll(() -> close(in));
        return window;
    }

    /** In the connection's thread, which does not touch the window afterwards. */
    private synchronized void close(WireProtocol connection) {
        OfferedWindow window = open.remove(connection);
        if (window != null) {
            window.close();
        }
    }

    WireMethods.Reply enter(WireProtocol in) throws TException {
        EnterRequest request = in.readArgument(new EnterRequest());
        OfferedWindow window = open.get(in);
        boolean entered = window != null && window.enter(request.getProof());
        return out -> {
            out.writeSingle(0, new EnterReply(entered));
            if (entered && window != null) {
                out.goOnAfterReply(window::channel);
            }
        };
    }
}
