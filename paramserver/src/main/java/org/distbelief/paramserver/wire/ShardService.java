package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransportException;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.local.WindowAllowance;
import org.distbelief.paramserver.local.WindowSize;
import org.distbelief.paramserver.shard.Fetched;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardMemory;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.shard.VectorBank;
import org.distbelief.paramserver.shard.VectorReader;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.distbelief.paramserver.wire.gen.SaveReply;
import org.distbelief.paramserver.wire.gen.SaveRequest;
import org.distbelief.paramserver.wire.gen.StoreRequest;

/** A parameter shard as a Thrift service, {@code Shard} in {@code paramserver.thrift}. */
public final class ShardService {
    /** As many as fit into a {@code binary} field. */
    private static final int MOST_FETCHED = Integer.MAX_VALUE / Float.BYTES;

    private static final int MOST_PUSHED = PushHeader.MOST_FLOATS * Float.BYTES;

    private final ShardKernels kernels = ShardKernels.best();
    private final ParameterShard shard;
    private final ShardSaver saver;
    private final Object saving = new Object();
    private final WireMethods methods;
    private final OpenConnections connections = new OpenConnections();

    /** Each for a push that arrives. */
    private final BufferPool gradients = new BufferPool(MOST_PUSHED);

    /** Each for what the connection of a fetch could not take at once. */
    private final BufferPool rests = new BufferPool(VectorBank.CHUNK_BYTES);

    /** A shard that serves, with as many windows as {@link ShardMemory} counts. */
    public ShardService(ParameterShard shard, ShardSaver saver) {
        this(shard, saver, WindowAllowance.STANDARD);
    }

    /**
     * A shard that serves and has never been a standby.
     *
     * @param saver writes the shard's vectors; called by one thread at a time
     * @param windows connections that may go through shared memory at the same time, each of at most
     *     {@link WindowSize#MOST} bytes
     */
    public ShardService(ParameterShard shard, ShardSaver saver, int windows) {
        this(shard, saver, windows, Map.of());
    }

    /** A shard that follows another process until it is promoted. */
    public ShardService(ParameterShard shard, ShardSaver saver, StandbyShard standby) {
        this(shard, saver, WindowAllowance.STANDARD, following(new StandbyService(standby)));
    }

    private static Map<String, WireMethods.Method> following(StandbyService service) {
        return Map.of("follow", service::follow, "change", service::change, "fill", service::fill);
    }

    private ShardService(ParameterShard shard, ShardSaver saver, int windows, Map<String, WireMethods.Method> more) {
        this.shard = shard;
        this.saver = saver;
        PaceService pace = new PaceService(shard);
        WindowService window = new WindowService(windows);
        Map<String, WireMethods.Method> all = new HashMap<>(more);
        all.putAll(Map.of(
                "ping", this::ping,
                "status", this::status,
                "fetch", this::fetch,
                "turn", pace::turn,
                "leave", pace::leave,
                "push", this::push,
                "store", this::store,
                "save", this::save,
                "window", window::window,
                "enter", window::enter));
        all.put("run", new ProgramService(shard)::run);
        this.methods = new WireMethods(all);
    }

    /** The service's methods, for a {@link ThriftServer}. */
    public WireMethods methods() {
        return methods;
    }

    /** Counts the connections of that server, for {@code status}. */
    public OpenConnections connections() {
        return connections;
    }

    private WireMethods.Reply status(WireProtocol in) throws TException {
        in.readNoArguments();
        ShardLoad load = ShardLoad.ofThisProcess(connections.count(), methods.figures(), shard.lockWait());
        return out -> out.writeSingle(0, Translation.status(shard.status().with(load)));
    }

    private WireMethods.Reply fetch(WireProtocol in) throws TException {
        FetchRequest request = in.readArgument(new FetchRequest());
        RangeSet ranges = Translation.ranges(request.getRanges());
        Encoding encoding = Translation.encoding(request.getEncoding());
        Fetched fetched;
        try {
            fetched = shard.fetch(
                    request.getGeneration(),
                    Translation.name(request.getVector()),
                    ranges,
                    request.isSetKeptFor() ? OptionalInt.of(request.getKeptFor()) : OptionalInt.empty(),
                    encoding);
            if (ranges.size() > MOST_FETCHED) {
                throw new ShardException(
                        ShardException.Kind.WRONG_RANGES,
                        "expected a fetch of at most " + MOST_FETCHED + " parameters, found one of " + ranges.size()
                                + "; send several fetches");
            }
        } catch (ShardException e) {
            return refusal(e);
        }
        return out -> {
            out.writeStructBegin(new TStruct());
            out.writeFieldBegin(new TField("", TType.STRUCT, (short) 0));
            out.writeFieldBegin(new TField("", TType.I64, (short) 1));
            out.writeI64(fetched.version());
            out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
            out.writePayloadLength(encoding.bytes(ranges.size()));
            try (BufferPool.Lease lease = rests.take()) {
                ByteBuffer rest = lease.buffer();
                while (!fetched.reader().finished()) {
                    rest.clear();
                    if (encoding == Encoding.FLOAT32) {
                        fetched.reader().<TException>next(floats -> out.offerPayload(floats, rest));
                    } else {
                        fetched.reader().next(floats -> encode(encoding, floats, rest));
                    }
                    out.writePayload(rest.flip());
                }
            }
            out.writeFieldStop();
            out.writeFieldStop();
            out.writeStructEnd();
        };
    }

    private WireMethods.Reply ping(WireProtocol in) throws TException {
        in.readNoArguments();
        return WireProtocol::writeNothing;
    }

    private WireMethods.Reply push(WireProtocol in) throws TException {
        PushRequest request = new PushRequest();
        return withPayload(in, request, () -> push(Translation.push(request), in));
    }

    private WireMethods.Reply store(WireProtocol in) throws TException {
        StoreRequest request = new StoreRequest();
        return withPayload(in, request, () -> store(request, in));
    }

    /** Reads a payload, whose bytes follow, and does what is to be done with it. */
    @FunctionalInterface
    interface Payload {
        WireMethods.Reply read() throws TException;
    }

    /** Reads arguments that are a request, field 1, and after it a payload, field 2. */
    static WireMethods.Reply withPayload(WireProtocol in, TSerializable request, Payload payload) throws TException {
        WireMethods.Reply reply = null;
        boolean headed = false;
        in.readStructBegin();
        for (TField field = in.readFieldBegin(); field.type != TType.STOP; field = in.readFieldBegin()) {
            if (field.id == 1 && field.type == TType.STRUCT && !headed) {
                request.read(in);
                headed = true;
            } else if (field.id == 2 && field.type == TType.STRING && headed && reply == null) {
                reply = payload.read();
            } else if (field.id == 2) {
                throw Translation.invalid("expected one payload, after the request");
            } else {
                TProtocolUtil.skip(in, field.type);
            }
            in.readFieldEnd();
        }
        in.readStructEnd();
        if (reply == null) {
            throw Translation.invalid("the call has no payload");
        }
        return reply;
    }

    private WireMethods.Reply store(StoreRequest request, WireProtocol in) throws TException {
        int length = in.readPayloadLength();
        RangeSet ranges = Translation.ranges(request.getRanges());
        if (length != ranges.size() * Float.BYTES) {
            throw Translation.invalid(
                    "expected " + ranges.size() * Float.BYTES + " bytes for " + ranges + ", found " + length);
        }
        VectorReader target;
        try {
            target = shard.store(request.getGeneration(), Translation.name(request.getVector()), ranges);
        } catch (ShardException e) {
            in.skipPayload(length);
            return refusal(e);
        }
        while (!target.finished()) {
            target.<TException>overwriteNext(in::readPayload);
        }
        return WireProtocol::writeNothing;
    }

    private WireMethods.Reply push(PushHeader header, WireProtocol in) throws TException {
        int length = in.readPayloadLength();
        if (length > MOST_PUSHED) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "expected a gradient of at most " + MOST_PUSHED + " bytes, found " + length
                            + "; a larger one is sent in several pushes");
        }
        BufferPool.Lease memory;
        try {
            memory = memoryForAPush();
        } catch (ShardException e) {
            in.skipPayload(length);
            return refusal(e);
        }
        try (BufferPool.Lease lease = memory) {
            ByteBuffer gradient = lease.buffer().clear();
            in.readPayload(gradient.limit(length));
            gradient.flip();
            PushReceipt receipt = header.encoding() == Encoding.FLOAT32
                    ? shard.push(header, gradient)
                    : pushEncoded(header, gradient);
            return out -> out.writeSingle(0, Translation.receipt(receipt));
        } catch (ShardException e) {
            return refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TTransportException(TTransportException.UNKNOWN, "interrupted during " + header.id(), e);
        }
    }

    private BufferPool.Lease memoryForAPush() throws ShardException {
        try {
            return gradients.take();
        } catch (OutOfMemoryError e) {
            throw new ShardException(
                    ShardException.Kind.BUSY, "there is no memory for one more push at the same time; try again", e);
        }
    }

    private PushReceipt pushEncoded(PushHeader header, ByteBuffer encoded) throws ShardException, InterruptedException {
        try (BufferPool.Lease lease = memoryForAPush()) {
            ByteBuffer gradient = lease.buffer().clear();
            long expected = header.encoding().bytes(header.ranges().size());
            if (encoded.limit() != expected) {
                throw new ShardException(
                        ShardException.Kind.WRONG_RANGES,
                        "expected " + expected + " bytes of gradient for " + header.ranges() + ", found "
                                + encoded.limit());
            }
            int floats = Math.min((int) header.ranges().size(), PushHeader.MOST_FLOATS);
            kernels.decode(header.encoding(), encoded, 0, gradient, 0, floats);
            return shard.push(header, gradient.limit(floats * Float.BYTES));
        }
    }

    private void encode(Encoding encoding, ByteBuffer floats, ByteBuffer into) {
        int length = floats.remaining() / Float.BYTES;
        kernels.encode(encoding, floats, 0, null, 0, into, 0, length);
        into.position((int) encoding.bytes(length));
    }

    private WireMethods.Reply save(WireProtocol in) throws TException {
        SaveRequest request = in.readArgument(new SaveRequest());
        try {
            List<VectorName> vectors = new ArrayList<>();
            for (String vector : new LinkedHashSet<>(request.getVectors())) {
                vectors.add(Translation.name(vector));
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
        } catch (IOException | IllegalArgumentException e) {
            // The latter is what the file system's classes say of a path that is none.
            return refusal(new ShardException(ShardException.Kind.SAVE_FAILED, e.getMessage() + "", e));
        }
    }

    static WireMethods.Reply refusal(ShardException e) {
        return out -> out.writeSingle(1, Translation.refused(e));
    }
}
