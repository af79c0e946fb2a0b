package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TSocket;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.wire.gen.FetchReply;
import org.distbelief.paramserver.wire.gen.FetchRequest;
import org.distbelief.paramserver.wire.gen.PushReply;
import org.distbelief.paramserver.wire.gen.PushRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a peer does, at worst it loses its own connection. */
@Timeout(60)
class ThriftServerTest {
    private static final RangeSet HELD = RangeSet.of(0, 100_000);
    private static final WireLimits LIMITS =
            new WireLimits(8, 1 << 20, Duration.ofMillis(1500), Duration.ofMillis(300));

    private final ParameterShard shard = new ParameterShard(0, 1, HELD, new Sgd(1), Duration.ofSeconds(5));
    private ThriftServer server = started(LIMITS);
    private final InetAddress loopback = InetAddress.getLoopbackAddress();

    private ThriftServer started(WireLimits limits) {
        ShardService service = new ShardService(shard, (s, directory, vectors) -> {
            throw new IOException("not here");
        });
        try {
            ThriftServer fresh = new ThriftServer(
                    "test", InetAddress.getLoopbackAddress(), 0, service.methods(), limits, WireSecurity.none());
            fresh.start();
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ShardClient client;

    @BeforeEach
    void connect() throws Exception {
        client = client();
        client.status();
    }

    @AfterEach
    void othersAreStillServed() throws Exception {
        try (ShardClient other = client()) {
            assertThat(other.status().parameters()).isEqualTo(HELD.size());
        } finally {
            client.close();
            server.close();
        }
        assertThat(server.connections()).isZero();
    }

    @Test
    void aStockThriftClientCanFetchAndPush() throws Exception {
        TConfiguration large =
                TConfiguration.custom().setMaxMessageSize(1 << 28).build();
        try (TSocket socket = new TSocket(large, loopback.getHostAddress(), port(), 5000)) {
            socket.open();
            TBinaryProtocol protocol = new TBinaryProtocol(socket);
            ByteBuffer gradient = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            gradient.asFloatBuffer().put(new float[] {1.5f, -2});

            protocol.writeMessageBegin(new TMessage("push", TMessageType.CALL, 7));
            protocol.writeFieldBegin(new TField("request", TType.STRUCT, (short) 1));
            new PushRequest(1, 0, 0, 1, 1, List.of(5L, 6L, 99_999L, 100_000L), 0).write(protocol);
            protocol.writeFieldBegin(new TField("gradient", TType.STRING, (short) 2));
            protocol.writeBinary(gradient);
            protocol.writeFieldStop();
            socket.flush();
            assertThat(protocol.readMessageBegin().seqid).isEqualTo(7);
            assertThat(protocol.readFieldBegin().id).isZero();
            PushReply pushed = new PushReply();
            pushed.read(protocol);
            assertThat(protocol.readFieldBegin().type).isEqualTo(TType.STOP);
            assertThat(pushed.getVersion()).isEqualTo(1);

            protocol.writeMessageBegin(new TMessage("fetch", TMessageType.CALL, 8));
            protocol.writeFieldBegin(new TField("request", TType.STRUCT, (short) 1));
            new FetchRequest(1, "parameters", List.of(5L, 6L, 99_998L, 100_000L)).write(protocol);
            protocol.writeFieldStop();
            socket.flush();
            assertThat(protocol.readMessageBegin().seqid).isEqualTo(8);
            assertThat(protocol.readFieldBegin().id).isZero();
            FetchReply fetched = new FetchReply();
            fetched.read(protocol);
            ByteBuffer values = ByteBuffer.wrap(fetched.getValues()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(new float[] {values.getFloat(), values.getFloat(), values.getFloat()})
                    .containsExactly(-1.5f, 0, 2);
        }
    }

    @Test
    void aConnectionThatBreaksInTheMiddleOfAPushAppliesNothing() throws Exception {
        try (Socket socket = socket()) {
            byte[] half = RawMessages.pushOf(HELD, (int) HELD.size() * Float.BYTES, (int) HELD.size() * 2);
            socket.getOutputStream().write(half);
            socket.getOutputStream().flush();
        }
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer((int) HELD.size());
        client.fetch(VectorName.PARAMETERS, HELD, buffer);
        assertThat(buffer.get(0)).isZero();
        assertThat(client.status().pushes()).isEmpty();
        PushHeader whole = new PushHeader(1, new PushId(0, 0, 1, 1), HELD, 0);
        assertThat(client.push(whole, buffer).duplicate()).isFalse();
    }

    @Test
    void aPeerThatStallsInTheMiddleOfAMessageIsDropped() throws Exception {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(RawMessages.pushOf(HELD, (int) HELD.size() * Float.BYTES, 1000));
            assertDropped(socket);
        }
    }

    @Test
    void aPeerThatSendsAByteNowAndThenIsDropped() throws Exception {
        byte[] push = RawMessages.pushOf(HELD, (int) HELD.size() * Float.BYTES, 1000);
        AtomicInteger sent = new AtomicInteger();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Socket socket = socket()) {
            OutputStream out = socket.getOutputStream();
            ScheduledFuture<?> drip = clock.scheduleAtFixedRate(
                    () -> {
                        try {
                            out.write(push[sent.getAndIncrement()]);
                        } catch (IOException e) {
                            throw new UncheckedIOException("the connection is gone", e);
                        }
                    },
                    0,
                    50,
                    TimeUnit.MILLISECONDS);
            assertDropped(socket);
            drip.cancel(false);
            assertThat(sent.get()).as("bytes that came in time").isBetween(2, 200);
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void aMethodWithAVeryLongNameIsNotRepeated() throws Exception {
        ByteBuffer message = ByteBuffer.allocate(10_000);
        RawMessages.begin(message, "x".repeat(5000));
        message.put(TType.STOP);
        try (Socket socket = socket()) {
            send(socket, message);
            assertDropped(socket);
        }
    }

    @Test
    void anIdleConnectionIsClosedInTime() throws Exception {
        try (Socket socket = socket()) {
            assertDropped(socket);
        }
    }

    @Test
    void aGradientLongerThanAPushMayBeIsNotEvenReceived() throws Exception {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(RawMessages.pushOf(RangeSet.of(0, 10), Integer.MAX_VALUE, 100));
            assertDropped(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 36, 44, 41})
    void aGradientThatDoesNotFitItsRangesIsRefusedAndTheConnectionGoesOn(int bytes) throws Exception {
        try (Socket socket = socket()) {
            byte[] push = RawMessages.pushOf(RangeSet.of(0, 10), bytes, bytes);
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(push);
                socket.getOutputStream().write(0);
                assertThat(reply(socket)).contains("expected 40 bytes of gradient");
            }
        }
        assertThat(shard.status().counters().pushes()).isZero();
    }

    @ParameterizedTest(name = "list of {0}")
    @ValueSource(ints = {Integer.MAX_VALUE, 200_000_000, -1})
    void aListThatClaimsMoreThanAMessageMayHoldIsRefusedBeforeItIsAllocated(int claim) throws Exception {
        ByteBuffer message = ByteBuffer.allocate(100);
        RawMessages.begin(message, "fetch");
        message.put(TType.STRUCT).putShort((short) 1);
        message.put(TType.LIST).putShort((short) 3).put(TType.I64).putInt(claim);
        try (Socket socket = socket()) {
            send(socket, message);
            assertDropped(socket);
        }
    }

    @Test
    void aMessageThatIsNestedWithoutEndIsRefused() throws Exception {
        try (Socket socket = socket()) {
            ByteBuffer start = ByteBuffer.allocate(100);
            RawMessages.begin(start, "fetch");
            send(socket, start);
            byte[] nested = new byte[300_000];
            for (int i = 0; i < nested.length; i += 3) {
                nested[i] = TType.STRUCT;
                nested[i + 2] = 9;
            }
            OutputStream out = socket.getOutputStream();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 50; i++) {
                            out.write(nested);
                        }
                        assertDropped(socket);
                        throw new IOException("dropped");
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void noiseIsDropped(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] push = RawMessages.pushOf(RangeSet.of(0, 10), 40, 40);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                push[random.nextInt(push.length - 40)] = (byte) random.nextInt();
            }
            try (Socket socket = socket()) {
                socket.getOutputStream().write(push);
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                assertThat(e).as("only a broken connection may stop the sender").hasMessageContaining("connection");
            }
        }
        // Some of it is a valid push, of zeros.
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer((int) HELD.size());
        client.fetch(VectorName.PARAMETERS, HELD, buffer);
        for (int i = 0; i < HELD.size(); i++) {
            assertThat(buffer.get(i) == 0).as("parameter %d is unchanged", i).isTrue();
        }
    }

    @Test
    void anUnknownMethodIsAnsweredAndTheConnectionGoesOn() throws Exception {
        try (ThriftConnection connection = new ThriftConnection(
                loopback.getHostAddress(), port(), Duration.ofSeconds(5), LIMITS, WireSecurity.none())) {
            assertThatThrownBy(() ->
                            connection.call("frobnicate", Duration.ofSeconds(5), WireProtocol::writeNothing, in -> 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unknown method 'frobnicate'")
                    .hasMessageContaining(Integer.toString(port()));
        }
    }

    @Test
    void connectionsBeyondTheBoundAreClosedAtOnce() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < LIMITS.connections() - 1; i++) {
                sockets.add(socket());
            }
            awaitConnections(LIMITS.connections());
            try (Socket tooMany = socket()) {
                assertDropped(tooMany);
            }
            assertThat(client.status().version()).isZero();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        awaitConnections(1);
        assertThat(client.status().version()).isZero();
    }

    @Test
    void aClosedServerIsReportedWithItsAddressAndFoundAgainWhenItIsBack() throws Exception {
        int port = port();
        server.close();
        assertThatThrownBy(client::status)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(loopback.getHostAddress() + ":" + port);
        assertThatThrownBy(client::status).isInstanceOf(IOException.class).hasMessageContaining("cannot connect");
        server = started(LIMITS);
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> {
                    try (ThriftServer second = new ThriftServer(
                            "second", loopback, port(), (in, out) -> {}, LIMITS, WireSecurity.none())) {
                        second.start();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("second cannot listen")
                .hasMessageContaining(Integer.toString(port()));
    }

    private int port() {
        return server.address().getPort();
    }

    private ShardClient client() {
        return new ThriftShardClient(
                new ShardAddress(0, loopback.getHostAddress(), port(), 1), WireLimits.standard(), WireSecurity.none());
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(loopback, port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** The server hears of connections that the other end closed a little later. */
    private void awaitConnections(int expected) throws InterruptedException {
        while (server.connections() != expected) {
            if (Thread.interrupted()) {
                throw new InterruptedException(server.connections() + " connections are open, not " + expected);
            }
            Thread.onSpinWait();
        }
    }

    private static void assertDropped(Socket socket) throws IOException {
        int got;
        try {
            got = socket.getInputStream().read();
        } catch (SocketException e) {
            got = -1;
        }
        assertThat(got).as("the end of the connection").isEqualTo(-1);
    }

    private static String reply(Socket socket) throws IOException {
        byte[] bytes = new byte[4096];
        int got = socket.getInputStream().read(bytes);
        return new String(bytes, 0, Math.max(0, got), StandardCharsets.ISO_8859_1);
    }

    private static void send(Socket socket, ByteBuffer message) throws IOException {
        byte[] bytes = new byte[message.flip().remaining()];
        message.get(bytes);
        socket.getOutputStream().write(bytes);
    }
}
