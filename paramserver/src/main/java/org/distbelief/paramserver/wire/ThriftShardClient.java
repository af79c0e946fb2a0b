package org.distbelief.paramserver.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.client.ParameterViews;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardConnector;
import org.distbelief.paramserver.client.Traffic;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.local.WindowAllowance;
import org.distbelief.paramserver.local.WindowSize;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.LeaveRequest;
import org.distbelief.paramserver.wire.gen.PushReply;
import org.distbelief.paramserver.wire.gen.RunReply;
import org.distbelief.paramserver.wire.gen.RunRequest;
import org.distbelief.paramserver.wire.gen.SaveReply;
import org.distbelief.paramserver.wire.gen.SaveRequest;
import org.distbelief.paramserver.wire.gen.ShardRefused;
import org.distbelief.paramserver.wire.gen.StatusReply;
import org.distbelief.paramserver.wire.gen.StoreRequest;
import org.distbelief.paramserver.wire.gen.TurnReply;
import org.distbelief.paramserver.wire.gen.TurnRequest;
import org.jspecify.annotations.Nullable;

/** Speaks to a shard over Thrift. Floats go straight between the socket and the caller's buffer. */
public final class ThriftShardClient implements ShardClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** A shard writes its vectors to the file system before it answers. */
    private static final Duration SAVE = Duration.ofMinutes(10);

    /** Floats that are decoded at a time, so that they stay in a core's cache. */
    private static final int ENCODED_FLOATS = 32 << 10;

    /** Fewer floats go through the connection until more do. */
    private static final int WORTH_A_WINDOW = 16 << 10;

    private final ShardKernels kernels = ShardKernels.best();
    private final Encoding fetched;
    private final ThriftConnection connection;
    private final WindowClient window;
    private final WireLimits limits;
    private final long generation;
    private @Nullable ByteBuffer encoded;

    /**
     * @param limits bounds on what the shard sends and on its silence
     * @param security what the shard must prove, and this end to the shard
     */
    public ThriftShardClient(ShardAddress address, WireLimits limits, WireSecurity security) {
        this(address, limits, security, Encoding.FLOAT32);
    }

    /**
     * A client whose parameters travel encoded.
     *
     * @param fetched how the parameters that it fetches travel; other vectors do as they are
     */
    public ThriftShardClient(ShardAddress address, WireLimits limits, WireSecurity security, Encoding fetched) {
        this(address, limits, security, fetched, WindowAllowance.standard());
    }

    /**
     * {@link #ThriftShardClient(ShardAddress, WireLimits, WireSecurity, Encoding)}.
     *
     * @param windows for floats, which go through shared memory where the shard is on this node
     */
    public ThriftShardClient(
            ShardAddress address, WireLimits limits, WireSecurity security, Encoding fetched, WindowAllowance windows) {
        this.fetched = fetched;
        this.connection = new ThriftConnection(address.host(), address.port(), CONNECT, limits, security);
        this.limits = limits;
        this.generation = address.generation();
        this.window = new WindowClient(connection, windows, address.toString());
    }

    /** Makes clients with these limits and this security. */
    public static ShardConnector connector(WireLimits limits, WireSecurity security) {
        return connector(limits, security, Encoding.FLOAT32);
    }

    /**
     * Makes clients whose parameters travel encoded.
     *
     * @param fetched how the parameters that they fetch travel
     */
    public static ShardConnector connector(WireLimits limits, WireSecurity security, Encoding fetched) {
        WindowAllowance windows = WindowAllowance.standard();
        return address -> new ThriftShardClient(address, limits, security, fetched, windows);
    }

    /** Waits for an answer. */
    public void ping() throws IOException, ShardException {
        call("ping", limits.read(), WireProtocol::writeNothing, in -> {
            in.readNoResult(null);
            return true;
        });
    }

    /**
     * Overwrites part of a vector; meant for a shard from which nobody fetches yet.
     *
     * @param ranges parameters that the shard holds; not empty
     * @param from holds their values at their flat indices
     */
    public void store(VectorName vector, RangeSet ranges, ParameterBuffer from) throws IOException, ShardException {
        prepare(ranges, WindowSize.forSending());
        piecewise(
                ranges,
                piece -> {
                    StoreRequest request = new StoreRequest(generation, vector.value(), Translation.ranges(piece));
                    connection.send("store", out -> writeWithPayload(out, request, piece, from));
                },
                piece -> receive("store", limits.read(), in -> {
                    in.readNoResult(new ShardRefused());
                    return true;
                }));
    }

    private void prepare(RangeSet ranges, WindowSize size) throws IOException {
        if (ranges.size() >= WORTH_A_WINDOW) {
            window.prepare(size);
        }
    }

    @FunctionalInterface
    private interface Piece<T> {
        T handle(RangeSet piece) throws IOException, ShardException;
    }

    @FunctionalInterface
    private interface Sending {
        void send(RangeSet piece) throws IOException;
    }

    /** Sends a request for each piece, several on the way at once; returns the first one's result. */
    private <T> T piecewise(RangeSet ranges, Sending sending, Piece<T> receiving) throws IOException, ShardException {
        List<RangeSet> pieces = Pieces.of(ranges);
        List<T> results = new ArrayList<>();
        int sent = 0;
        for (int received = 0; received < pieces.size(); received++) {
            while (sent < pieces.size() && Pieces.mayBeSent(pieces.subList(received, sent + 1))) {
                sending.send(pieces.get(sent++));
            }
            try {
                results.add(receiving.handle(pieces.get(received)));
            } catch (ShardException e) {
                connection.reset();
                throw e;
            }
        }
        return results.get(0);
    }

    @Override
    public ShardStatus status() throws IOException, ShardException {
        return call(
                "status",
                limits.read(),
                WireProtocol::writeNothing,
                in -> Translation.status(in.readResult(new StatusReply(), null)));
    }

    @Override
    public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws IOException, ShardException {
        Encoding encoding = vector.equals(VectorName.PARAMETERS) ? fetched : Encoding.FLOAT32;
        prepare(ranges, WindowSize.forReceiving());
        return piecewise(
                ranges,
                piece -> {
                    FetchRequest request = new FetchRequest(generation, vector.value(), Translation.ranges(piece));
                    request.setEncoding(Translation.encoding(encoding));
                    keptFor.ifPresent(request::setKeptFor);
                    connection.send("fetch", out -> out.writeSingle(1, request));
                },
                piece -> receive("fetch", limits.read(), in -> readFetched(in, piece, into, encoding)));
    }

    private long readFetched(WireProtocol in, RangeSet ranges, ParameterBuffer into, Encoding encoding)
            throws TException {
        in.readStructBegin();
        TField field = in.readFieldBegin();
        if (field.id == 1 && field.type == TType.STRUCT) {
            ShardRefused refused = new ShardRefused();
            refused.read(in);
            in.readRestOfStruct();
            throw refused;
        }
        expect(field, 0, TType.STRUCT);
        in.readStructBegin();
        expect(in.readFieldBegin(), 1, TType.I64);
        long version = in.readI64();
        in.readFieldEnd();
        expect(in.readFieldBegin(), 2, TType.STRING);
        int length = in.readPayloadLength();
        if (length != encoding.bytes(ranges.size())) {
            throw Translation.invalid(
                    "expected " + encoding.bytes(ranges.size()) + " bytes for " + ranges + ", found " + length);
        }
        ParameterViews views = new ParameterViews(into, ranges);
        while (views.hasNext()) {
            if (encoding == Encoding.FLOAT32) {
                in.readPayload(views.next(Integer.MAX_VALUE));
            } else {
                readEncoded(in, encoding, views.next(ENCODED_FLOATS * Float.BYTES));
            }
        }
        in.readRestOfStruct();
        in.readRestOfStruct();
        return version;
    }

    private void readEncoded(WireProtocol in, Encoding encoding, ByteBuffer into) throws TException {
        ByteBuffer buffer = encoded;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect((int) encoding.bytes(ENCODED_FLOATS))
                    .order(ByteOrder.LITTLE_ENDIAN);
            encoded = buffer;
        }
        int floats = into.remaining() / Float.BYTES;
        in.readPayload(buffer.clear().limit((int) encoding.bytes(floats)));
        kernels.decode(encoding, buffer, 0, into, 0, floats);
    }

    private static void expect(TField found, int id, byte type) throws TException {
        if (found.id != id || found.type != type) {
            throw Translation.invalid("expected field " + id + " of type " + type + ", found field " + found.id
                    + " of type " + found.type);
        }
    }

    @Override
    public void begin(PushHeader header, ParameterBuffer gradient) throws IOException {
        prepare(header.ranges(), WindowSize.forSending());
        connection.send("push", out -> writeWithPayload(out, Translation.push(header), header.ranges(), gradient));
    }

    @Override
    public void begin(PushHeader header, ByteBuffer gradient) throws IOException {
        prepare(header.ranges(), WindowSize.forSending());
        connection.send("push", out -> {
            writeBeforePayload(out, Translation.push(header), gradient.remaining());
            out.writePayload(gradient.duplicate());
            writeAfterPayload(out);
        });
    }

    private static void writeWithPayload(
            WireProtocol out, TSerializable request, RangeSet ranges, ParameterBuffer floats) throws TException {
        writeBeforePayload(out, request, ranges.size() * Float.BYTES);
        ParameterViews views = new ParameterViews(floats, ranges);
        while (views.hasNext()) {
            out.writePayload(views.next(Integer.MAX_VALUE));
        }
        writeAfterPayload(out);
    }

    static void writeBeforePayload(WireProtocol out, TSerializable request, long bytes) throws TException {
        out.writeStructBegin(new TStruct());
        out.writeFieldBegin(new TField("", TType.STRUCT, (short) 1));
        request.write(out);
        out.writeFieldBegin(new TField("", TType.STRING, (short) 2));
        out.writePayloadLength(bytes);
    }

    static void writeAfterPayload(WireProtocol out) throws TException {
        out.writeFieldStop();
        out.writeStructEnd();
    }

    @Override
    public PushReceipt finish() throws IOException, ShardException {
        PushReply reply = receive("push", limits.read(), in -> in.readResult(new PushReply(), new ShardRefused()));
        return Translation.receipt(reply);
    }

    @Override
    public Turn.Answer turn(Turn turn) throws IOException, ShardException {
        TurnRequest request = new TurnRequest(generation, turn.replica(), turn.incarnation(), turn.clock());
        TurnReply reply = call(
                "turn",
                limits.read(),
                out -> out.writeSingle(1, request),
                in -> in.readResult(new TurnReply(), new ShardRefused()));
        return new Turn.Answer(reply.isGranted(), reply.getClock());
    }

    @Override
    public void leave(int replica, long incarnation) throws IOException, ShardException {
        LeaveRequest request = new LeaveRequest(generation, replica, incarnation);
        call("leave", limits.read(), out -> out.writeSingle(1, request), in -> {
            in.readNoResult(new ShardRefused());
            return true;
        });
    }

    @Override
    public List<Double> run(long parameters, NumberedProgram program) throws IOException, ShardException {
        RunRequest request = ProgramTranslation.request(generation, parameters, program);
        RunReply reply = call(
                "run",
                limits.read(),
                out -> out.writeSingle(1, request),
                in -> in.readResult(new RunReply(), new ShardRefused()));
        return List.copyOf(reply.getResults());
    }

    @Override
    public Traffic traffic() {
        return connection.traffic();
    }

    @Override
    public SavedFile save(String directory, List<VectorName> vectors) throws IOException, ShardException {
        SaveRequest request = new SaveRequest(
                generation, directory, vectors.stream().map(VectorName::value).toList());
        SaveReply reply = call(
                "save",
                SAVE,
                out -> out.writeSingle(1, request),
                in -> in.readResult(new SaveReply(), new ShardRefused()));
        try {
            return SavedFile.fromJson(reply.getSavedFile());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private <T> T call(
            String method, Duration silence, ThriftConnection.Arguments arguments, ThriftConnection.Result<T> result)
            throws IOException, ShardException {
        connection.send(method, arguments);
        return receive(method, silence, result);
    }

    private <T> T receive(String method, Duration silence, ThriftConnection.Result<T> result)
            throws IOException, ShardException {
        try {
            return connection.receive(silence, result);
        } catch (ShardRefused e) {
            throw Translation.refused(e);
        } catch (TException e) {
            throw new IOException(method + " failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
