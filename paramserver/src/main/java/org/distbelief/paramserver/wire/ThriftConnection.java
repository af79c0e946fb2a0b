package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;
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
    private int sequence;
    private @Nullable ChannelTransport transport;
    private boolean closed;

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
        boolean sound = false;
        try {
            ChannelTransport open = open();
            WireProtocol protocol = new WireProtocol(open);
            open.silence(limits.read());
            protocol.writeMessageBegin(new TMessage(method, TMessageType.CALL, ++sequence));
            arguments.write(protocol);
            protocol.writeMessageEnd();
            open.flush();
            if (!open.awaitMessage(silence)) {
                throw new TTransportException(TTransportException.END_OF_FILE, "the server closed the connection");
            }
            T reply = read(protocol, method, result);
            sound = true;
            return reply;
        } catch (TTransportException | TProtocolException | TApplicationException e) {
            throw new IOException(method + " at " + host + ":" + port + " failed: " + e.getMessage(), e);
        } catch (TException declared) {
            sound = true;
            throw declared;
        } finally {
            if (!sound) {
                drop();
            }
        }
    }

    private <T> T read(WireProtocol protocol, String method, Result<T> result) throws TException {
        TMessage message = protocol.readMessageBegin();
        if (message.type == TMessageType.EXCEPTION) {
            throw TApplicationException.readFrom(protocol);
        }
        if (message.type != TMessageType.REPLY || message.seqid != sequence || !message.name.equals(method)) {
            throw new TProtocolException(
                    TProtocolException.INVALID_DATA,
                    "expected the reply to call " + sequence + ", " + method + ", found one to " + message.seqid + ", "
                            + message.name);
        }
        T reply = result.read(protocol);
        protocol.readMessageEnd();
        return reply;
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

    private synchronized void drop() {
        if (transport != null) {
            transport.close();
            transport = null;
        }
    }

    /** Closes the connection for good. A call under way fails. */
    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
