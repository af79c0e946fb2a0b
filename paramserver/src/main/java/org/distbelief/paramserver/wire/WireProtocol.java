package org.distbelief.paramserver.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.distbelief.paramserver.security.SecuredChannel;
import org.jspecify.annotations.Nullable;

/**
 * Thrift's binary protocol, whose {@code binary} fields can be read and written piece by piece without a copy. On the
 * wire nothing differs from the stock protocol.
 */
public final class WireProtocol extends TBinaryProtocol {
    private static final long NO_LIMIT = -1;

    /** More than the longest message has that is meant: a report of a replica with two full lists. */
    private static final int MOST_STRUCTS = 3 << 16;

    private static final int FIRST = 4 << 10;

    private final ChannelTransport transport;
    private int structs;
    private Runnable whenClosed = () -> {};
    private Runnable lastOfAll = () -> {};

    WireProtocol(ChannelTransport transport) {
        super(transport, transport.getConfiguration().getMaxMessageSize(), NO_LIMIT, true, true);
        this.transport = transport;
    }

    /** Has something done when a server's connection has ended, in place of what was to be done before. */
    public void whenClosed(Runnable action) {
        whenClosed = action;
    }

    /** The server's connection has ended; for its thread. */
    void closed() {
        try {
            whenClosed.run();
        } finally {
            lastOfAll.run();
        }
    }

    /** Has something done when a server's connection has ended and nobody uses it any more. */
    void lastOfAll(Runnable action) {
        lastOfAll = action;
    }

    /** Has the connection's bytes go another way when the reply that is being written has been sent. */
    void goOnAfterReply(UnaryOperator<SecuredChannel> other) {
        transport.goOnAfterFlush(other.apply(transport.channel()));
    }

    /**
     * Reads the length of a {@code binary} field, whose bytes must then be read by {@link #readPayload}.
     *
     * @throws TProtocolException where it is negative
     */
    public int readPayloadLength() throws TException {
        int length = readI32();
        if (length < 0) {
            throw new TProtocolException(TProtocolException.NEGATIVE_SIZE, "expected a length, found " + length);
        }
        return length;
    }

    /** Fills a buffer with the next bytes of a payload; straight from the socket if the buffer is direct. */
    public void readPayload(ByteBuffer target) throws TException {
        transport.readPayload(target);
    }

    /** Takes the next bytes of a payload off the connection, for nobody. */
    public void skipPayload(int length) throws TException {
        transport.skipPayload(length);
    }

    @Override
    public String readString() throws TException {
        return readStringBody(readI32());
    }

    @Override
    public String readStringBody(int length) throws TException {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public ByteBuffer readBinary() throws TException {
        return ByteBuffer.wrap(bytes(readI32()));
    }

    /** Reads so many bytes into memory that grows while they come: a length alone makes no memory be had. */
    private byte[] bytes(int length) throws TException {
        if (length < 0) {
            throw new TProtocolException(TProtocolException.NEGATIVE_SIZE, "expected a length, found " + length);
        }
        transport.checkReadBytesAvailable(length);
        byte[] bytes = new byte[Math.min(length, FIRST)];
        int have = 0;
        while (have < length) {
            if (have == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * have));
            }
            have += transport.read(bytes, have, bytes.length - have);
        }
        return bytes;
    }

    /** Writes the length of a {@code binary} field, whose bytes must then be written by {@link #writePayload}. */
    public void writePayloadLength(long length) throws TException {
        writeI32(Math.toIntExact(length));
    }

    /** Sends the next bytes of a payload; straight to the socket if the buffer is direct. */
    public void writePayload(ByteBuffer source) throws TException {
        transport.writePayload(source);
    }

    /**
     * Sends of the next bytes of a payload as much as the connection takes at once. Never waits.
     *
     * @param source direct
     * @param rest takes the bytes that are left, which must then be sent by {@link #writePayload}; has room for all
     */
    public void offerPayload(ByteBuffer source, ByteBuffer rest) throws TException {
        transport.offerPayload(source, rest);
    }

    @Override
    public TMessage readMessageBegin() throws TException {
        structs = 0;
        return super.readMessageBegin();
    }

    /** Bounds what takes much more memory than it takes bytes to send. */
    @Override
    public TStruct readStructBegin() throws TException {
        if (++structs > MOST_STRUCTS) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "expected a message of at most " + MOST_STRUCTS + " structs, found more");
        }
        return super.readStructBegin();
    }

    /** Reads a call's arguments where these are one struct, as field 1. */
    public <T extends TSerializable> T readArgument(T struct) throws TException {
        boolean found = false;
        readStructBegin();
        for (TField field = readFieldBegin(); field.type != TType.STOP; field = readFieldBegin()) {
            if (field.id == 1 && field.type == TType.STRUCT) {
                struct.read(this);
                found = true;
            } else {
                TProtocolUtil.skip(this, field.type);
            }
            readFieldEnd();
        }
        readStructEnd();
        if (!found) {
            throw new TProtocolException(TProtocolException.INVALID_DATA, "the call has no argument 1");
        }
        return struct;
    }

    /** Reads the arguments of a call that has none. */
    public void readNoArguments() throws TException {
        TProtocolUtil.skip(this, TType.STRUCT);
    }

    /** Writes the arguments of a call that has none. */
    public void writeNothing() throws TException {
        writeFieldStop();
    }

    /** Writes a struct with one field, which is a struct: a call's arguments (field 1), its result (0) or exception. */
    public void writeSingle(int field, TSerializable struct) throws TException {
        writeStructBegin(new TStruct());
        writeFieldBegin(new TField("", TType.STRUCT, (short) field));
        struct.write(this);
        writeFieldEnd();
        writeFieldStop();
        writeStructEnd();
    }

    /**
     * Reads a call's result.
     *
     * @param success the result's struct
     * @param declared the exception that the method declares as field 1, if it declares one; thrown if it comes
     */
    public <T extends TSerializable> T readResult(T success, @Nullable TException declared) throws TException {
        boolean found = false;
        readStructBegin();
        for (TField field = readFieldBegin(); field.type != TType.STOP; field = readFieldBegin()) {
            if (field.id == 0 && field.type == TType.STRUCT) {
                success.read(this);
                found = true;
            } else if (field.id == 1 && field.type == TType.STRUCT && declared instanceof TBase<?, ?> exception) {
                exception.read(this);
                readRestOfStruct();
                throw declared;
            } else {
                TProtocolUtil.skip(this, field.type);
            }
            readFieldEnd();
        }
        readStructEnd();
        if (!found) {
            throw new TApplicationException(TApplicationException.MISSING_RESULT, "the reply has no result");
        }
        return success;
    }

    /**
     * Reads the result of a call that has none.
     *
     * @param declared the exception that the method declares as field 1, if it declares one; thrown if it comes
     */
    public void readNoResult(@Nullable TException declared) throws TException {
        readStructBegin();
        for (TField field = readFieldBegin(); field.type != TType.STOP; field = readFieldBegin()) {
            if (field.id == 1 && field.type == TType.STRUCT && declared instanceof TBase<?, ?> exception) {
                exception.read(this);
                readRestOfStruct();
                throw declared;
            }
            TProtocolUtil.skip(this, field.type);
            readFieldEnd();
        }
        readStructEnd();
    }

    /** Skips the fields that are left of the struct that is being read. */
    public void readRestOfStruct() throws TException {
        readFieldEnd();
        for (TField field = readFieldBegin(); field.type != TType.STOP; field = readFieldBegin()) {
            TProtocolUtil.skip(this, field.type);
            readFieldEnd();
        }
        readStructEnd();
    }
}
