package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.security.WireSecurity;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a {@link ThriftServer}, or to any server of plain Thrift binary protocol, unframed. Connects
 * at the first call, and again at the next call after one that failed; it never repeats a call by itself. For one
 * thread at once; {@link #close} may come from any.
 */
public final class ThriftConnection implements AutoCloseable {
    private final String host;
    private final int port;
    private final Duration connect;
    private final WireLimits limits;
    private final WireSecurity security;
    private final Deque<Outstanding> outstanding = new ArrayDeque<>();
    private int sequence;
    private @Nullable ChannelTransport transport;
    private @Nullable ChannelTransport prepared;
    private boolean closed;

    /** Of connections that have ended. */
    private Traffic ended = Traffic.NONE;

    /** A call whose reply has not been read. */
    private record Outstanding(String method, int sequence) {}

    /** Writes the struct of a call's arguments. */
    @FunctionalInterface
    public interface Arguments {
        void write(WireProtocol out) throws TException;
    }

    /** Reads the struct of a call's result to its end; throws the exceptions that the method declares. */
    @FunctionalInterface
    public interface Result<T> {
        T read(WireProtocol in) throws TException;
    }

    /**
     * @param connect bound on connecting
     * @param limits bounds on what the server sends and on its silence
     * @param security what the server must prove, and this end to the server
     */
    public ThriftConnection(String host, int port, Duration connect, WireLimits limits, WireSecurity security) {
        this.host = host;
        this.port = port;
        this.connect = connect;
        this.limits = limits;
        this.security = security;
    }

    /**
     * A call whose only argument and whose result are structs.
     *
     * @param success filled with the result and returned
     * @param declared the exception that the method declares as its first; thrown when it comes
     * @throws IOException where the connection fails, names the server; it is unknown whether the call was carried out
     * @throws TException the declared exception
     */
    public <T extends TSerializable> T call(
            String method, TSerializable argument, T success, @Nullable TException declared)
            throws IOException, TException {
        return call(method, limits.read(), out -> out.writeSingle(1, argument), in -> in.readResult(success, declared));
    }

    /**
     * A call.
     *
     * @param silence how long the server may be silent while it works on this call
     * @throws IOException where the connection fails, names the server; it is unknown whether the call was carried out
     * @throws TException what the result's reader throws as a declared exception
     */
    public <T> T call(String method, Duration silence, Arguments arguments, Result<T> result)
            throws IOException, TException {
        send(method, arguments);
        return receive(silence, result);
    }

    /**
     * Sends a call without waiting for the reply, which {@link #receive} reads. Several calls may be on their way;
     * their replies come in order. Where one fails by the connection, all of them have.
     *
     * @throws IOException where the connection fails; what was sent before is lost, too
     */
    public void send(String method, Arguments arguments) throws IOException {
        boolean sound = false;
        try {
            ChannelTransport open = outstanding.isEmpty() ? open() : current(method);
            WireProtocol protocol = new WireProtocol(open);
            open.silence(limits.read());
            protocol.writeMessageBegin(new TMessage(method, TMessageType.CALL, ++sequence));
            arguments.write(protocol);
            protocol.writeMessageEnd();
            open.flush();
            outstanding.add(new Outstanding(method, sequence));
            sound = true;
        } catch (TException e) {
            throw failed(method, e);
        } finally {
            if (!sound) {
                drop();
            }
        }
    }

    /**
     * Reads the reply to the oldest call that was sent.
     *
     * @param silence how long the server may be silent while it works on this call
     * @throws IOException where the connection fails, names the server; it is unknown whether the call was carried out
     * @throws TException what the result's reader throws as a declared exception
     * @throws java.util.NoSuchElementException where no call is on its way
     */
    public <T> T receive(Duration silence, Result<T> result) throws IOException, TException {
        Outstanding call = outstanding.remove();
        boolean sound = false;
        try {
            ChannelTransport open = current(call.method());
            if (!open.awaitMessage(silence)) {
                throw new TTransportException(TTransportException.END_OF_FILE, "the server closed the connection");
            }
            open.silence(limits.read());
            T reply = read(new WireProtocol(open), call, result);
            sound = true;
            return reply;
        } catch (TTransportException | TProtocolException | TApplicationException e) {
            throw failed(call.method(), e);
        } catch (TException declared) {
            sound = true;
            throw declared;
        } finally {
            if (!sound) {
                drop();
            }
        }
    }

    private IOException failed(String method, TException e) {
        return new IOException(method + " at " + host + ":" + port + " failed: " + e.getMessage(), e);
    }

    /** Forgets the calls whose replies have not been read; the next call connects anew. */
    public void reset() {
        drop();
    }

    private static <T> T read(WireProtocol protocol, Outstanding call, Result<T> result) throws TException {
        TMessage message = protocol.readMessageBegin();
        if (message.type == TMessageType.EXCEPTION) {
            throw TApplicationException.readFrom(protocol);
        }
        if (message.type != TMessageType.REPLY
                || message.seqid != call.sequence()
                || !message.name.equals(call.method())) {
            throw new TProtocolException(
                    TProtocolException.INVALID_DATA,
                    "expected the reply to call " + call.sequence() + ", " + call.method() + ", found one to "
                            + message.seqid + ", " + message.name);
        }
        T reply = result.read(protocol);
        protocol.readMessageEnd();
        return reply;
    }

    private synchronized ChannelTransport current(String method) throws TTransportException {
        ChannelTransport open = transport;
        if (open == null) {
            throw new TTransportException(TTransportException.NOT_OPEN, "the connection was closed during " + method);
        }
        return open;
    }

    /** What is done on a connection before its first use for some kind of calls. */
    @FunctionalInterface
    interface Preparation {
        /** @param transport for {@link ChannelTransport#goOnThrough}; calls can be made meanwhile */
        void prepare(ChannelTransport transport) throws IOException;
    }

    /**
     * Connects, if there is no connection, and prepares it, if it has not been prepared; nothing is done while calls
     * are on their way.
     *
     * @throws IOException where the connection fails, or what the preparation throws
     */
    void prepare(Preparation preparation) throws IOException {
        if (!outstanding.isEmpty()) {
            return;
        }
        ChannelTransport open;
        try {
            open = open();
        } catch (TTransportException e) {
            throw failed("connecting", e);
        }
        if (open != prepared) {
            prepared = open;
            preparation.prepare(open);
        }
    }

    private ChannelTransport open() throws IOException, TTransportException {
        synchronized (this) {
            if (transport != null && !closed) {
                return transport;
            }
        }
        ChannelTransport fresh;
        try {
            fresh = ChannelTransport.connect(new InetSocketAddress(host, port), connect, limits, security);
        } catch (IOException e) {
            throw new IOException("cannot connect to " + host + ":" + port + ": " + e.getMessage(), e);
        }
        synchronized (this) {
            if (!closed) {
                transport = fresh;
                return fresh;
            }
        }
        fresh.close();
        throw new IOException("the connection to " + host + ":" + port + " was closed");
    }

    /** Bytes that have gone over the connection so far, over those before it too. */
    synchronized Traffic traffic() {
        return transport == null ? ended : ended.plus(transport.traffic());
    }

    private void drop() {
        outstanding.clear();
        disconnect();
    }

    private synchronized void disconnect() {
        if (transport != null) {
            ended = ended.plus(transport.traffic());
            transport.close();
            transport = null;
        }
    }

    /** Closes the connection for good. A call under way fails. */
    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }
}
