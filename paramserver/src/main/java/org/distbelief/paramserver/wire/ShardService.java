package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.PushSession;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.VectorBank;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.SaveReply;
import org.distbelief.paramserver.wire.gen.SaveRequest;

/** A parameter shard as a Thrift service, {@code Shard} in {@code paramserver.thrift}. */
public final class ShardService {
    private static final int BUFFER = 2 * VectorBank.CHUNK_BYTES;

    private final ParameterShard shard;
    private final ShardSaver saver;
    private final Object saving = new Object();
    private final BufferPool buffers = new BufferPool(BUFFER);

    /** @param saver writes the shard's vectors; called by one thread at a time */
    public ShardService(ParameterShard shard, ShardSaver saver) {
        this.shard = shard;
        this.saver = saver;
    }

    /** The service's methods, for a {@link ThriftServer}. */
    public WireMethods methods() {
        return new WireMethods(
                Map.of("status", this::status, "fetch", this::fetch, "push", this::push, "save", this::save));
    }

    private WireMethods.Reply status(WireProtocol in) throws TException {
        in.readNoArguments();
        return out -> out.writeSingle(0, Translation.status(shard.status()));
    }

    private WireMethods.Reply fetch(WireProtocol in) throws TException {
        FetchRequest request = in.readArgument(new FetchRequest());
        RangeSet ranges = Translation.ranges(request.getRanges());
        ParameterShard.Fetched fetched;
        try {
            fetched = shard.fetch(request.getGeneration(), name(request.getVector()), ranges);
        } catch (ShardException e) {
            return refusal(e);
        }
        return out -> {
            out.writeStructBegin(new TStruct());
            out.writeFieldBegin(new TField("", TType.STRUCT, (short) 0));
            out.writeFieldBegin(new TField("", TType.I64, (short) 1));
            out.writeI64(fetched.version());
            out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
            out.writePayloadLength(ranges.size() * Float.BYTES);
            try (BufferPool.Lease lease = buffers.take()) {
                while (!fetched.reader().finished()) {
                    fetched.reader().read(lease.buffer().clear());
                    out.writePayload(lease.buffer().flip());
                }
            }
            out.writeFieldStop();
            out.writeFieldStop();
            out.writeStructEnd();
        };
    }

    private WireMethods.Reply push(WireProtocol in) throws TException {
        PushRequest request = new PushRequest();
        WireMethods.Reply reply = null;
        boolean headed = false;
        in.readStructBegin();
        for (TField field = in.readFieldBegin(); field.type != TType.STOP; field = in.readFieldBegin()) {
            if (field.id == 1 && field.type == TType.STRUCT && !headed) {
                request.read(in);
                headed = true;
            } else if (field.id == 2 && field.type == TType.STRING && headed && reply == null) {
                reply = push(Translation.push(request), in);
            } else if (field.id == 2) {
                throw Translation.invalid("expected one gradient, after the request");
            } else {
                TProtocolUtil.skip(in, field.type);
            }
            in.readFieldEnd();
        }
        in.readStructEnd();
        if (reply == null) {
            throw Translation.invalid("the push has no gradient");
        }
        return reply;
    }

    private WireMethods.Reply push(PushHeader header, WireProtocol in) throws TException {
        int length = in.readPayloadLength();
        long most = shard.ranges().size() * Float.BYTES;
        if (length > most) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "expected a gradient of at most " + most + " bytes, which is all that the shard holds, found "
                            + length);
        }
        // Whoever refuses before the end of the gradient must still take it off the connection.
        try (BufferPool.Lease lease = buffers.take()) {
            Incoming gradient = new Incoming(in, length, lease.buffer());
            try (PushSession session = shard.push(header)) {
                if (session.expectedBytes() != length) {
                    throw new ShardException(
                            ShardException.Kind.WRONG_RANGES,
                            "expected " + session.expectedBytes() + " bytes of gradient for " + header.ranges()
                                    + ", found " + length);
                }
                while (gradient.hasRemaining()) {
                    session.accept(gradient.next());
                }
                PushReceipt receipt = session.complete();
                return out -> out.writeSingle(0, Translation.receipt(receipt));
            } catch (ShardException e) {
                gradient.drain();
                return refusal(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TTransportException(TTransportException.UNKNOWN, "interrupted during " + header.id(), e);
        }
    }

    private WireMethods.Reply save(WireProtocol in) throws TException {
        SaveRequest request = in.readArgument(new SaveRequest());
        try {
            List<VectorName> vectors = new ArrayList<>();
            for (String vector : request.getVectors()) {
                vectors.add(name(vector));
            }
            shard.check(request.getGeneration());
            shard.check(vectors);
            SavedFile saved;
            synchronized (saving) {
                saved = saver.save(shard, request.getDirectory(), vectors);
            }
            return out -> out.writeSingle(0, new SaveReply(saved.toJson()));
        } catch (ShardException e) {
            return refusal(e);
        } catch (IOException e) {
            return refusal(new ShardException(ShardException.Kind.SAVE_FAILED, e.getMessage() + "", e));
        }
    }

    private static VectorName name(String vector) throws TProtocolException {
        try {
            return new VectorName(vector);
        } catch (IllegalArgumentException e) {
            throw Translation.invalid(e.getMessage() + "");
        }
    }

    private static WireMethods.Reply refusal(ShardException e) {
        return out -> out.writeSingle(1, Translation.refused(e));
    }

    /** A payload on its way in. */
    private static final class Incoming {
        private final WireProtocol in;
        private final ByteBuffer buffer;
        private long missing;

        Incoming(WireProtocol in, long length, ByteBuffer buffer) {
            this.in = in;
            this.missing = length;
            this.buffer = buffer;
        }

        boolean hasRemaining() {
            return missing > 0;
        }

        ByteBuffer next() throws TException {
            buffer.clear().limit((int) Math.min(buffer.capacity(), missing));
            in.readPayload(buffer);
            missing -= buffer.position();
            return buffer.flip();
        }

        void drain() throws TException {
            while (hasRemaining()) {
                next();
            }
        }
    }
}
