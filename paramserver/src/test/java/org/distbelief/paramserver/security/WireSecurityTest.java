package org.distbelief.paramserver.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two ends of a connection, of which one or both may not be what the other hopes for. */
@Timeout(60)
class WireSecurityTest {
    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String SERVER = "node7:4711";
    private static final JobSecret SECRET = JobSecret.random(new SecureRandom());
    private static final JobSecret ANOTHER = JobSecret.random(new SecureRandom());

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SelfSigned signer = new SelfSigned(new SecureRandom());
    private ServerSocketChannel listener;

    enum Kind {
        NONE,
        SASL,
        TLS
    }

    private WireSecurity security(Kind kind, JobSecret secret) {
        return switch (kind) {
            case NONE -> WireSecurity.none();
            case SASL -> WireSecurity.of(secret);
            case TLS -> WireSecurity.encrypted(secret, signer.certificate(secret));
        };
    }

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        listener.close();
    }

    private Future<SecuredChannel> accepting(WireSecurity security, Duration bound) {
        return threads.submit(() -> {
            SocketChannel channel = listener.accept();
            return closingOnFailure(channel, () -> security.accept(channel, bound));
        });
    }

    private SecuredChannel connect(WireSecurity security, Duration bound) throws Exception {
        SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
        return closingOnFailure(channel, () -> security.connect(channel, SERVER, bound));
    }

    private static SecuredChannel closingOnFailure(SocketChannel channel, Callable<SecuredChannel> handshake)
            throws Exception {
        try {
            return handshake.call();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private Socket raw() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void bytesArriveAsTheyWereInBothDirectionsAtTheSameTime(Kind kind) throws Exception {
        WireSecurity security = security(kind, SECRET);
        Future<SecuredChannel> accepted = accepting(security, BOUND);
        SecuredChannel server;
        try (SecuredChannel client = connect(security, BOUND)) {
            server = accepted.get();
            byte[] up = noise(1, 5_000_000);
            byte[] down = noise(2, 3_000_001);
            Future<byte[]> atServer = threads.submit(() -> receive(server, up.length));
            Future<byte[]> atClient = threads.submit(() -> receive(client, down.length));
            Future<Void> sending = threads.submit(() -> send(client, up));
            send(server, down);
            sending.get();
            assertThat(Arrays.equals(atServer.get(), up)).isTrue();
            assertThat(Arrays.equals(atClient.get(), down)).isTrue();
        }
        try (server) {
            assertThatThrownBy(() -> receive(server, 1)).isInstanceOf(EOFException.class);
        }
    }

    private static byte[] noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Void send(SecuredChannel channel, byte[] bytes) throws IOException {
        try (TimedChannel timed = new TimedChannel(channel, Duration.ofSeconds(30))) {
            for (int at = 0; at < bytes.length; at += 100_000) {
                timed.write(ByteBuffer.wrap(bytes, at, Math.min(100_000, bytes.length - at)));
            }
        }
        return null;
    }

    private static byte[] receive(SecuredChannel channel, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        try (TimedChannel timed = new TimedChannel(channel, Duration.ofSeconds(30))) {
            timed.read(into);
        }
        return into.array();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SASL", "TLS"})
    void endsWithDifferentSecretsRefuseEachOther(Kind kind) throws Exception {
        Future<SecuredChannel> accepted = accepting(security(kind, SECRET), BOUND);
        assertThatThrownBy(() -> connect(security(kind, ANOTHER), BOUND))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("refused: ")
                .hasMessageContaining(SERVER)
                .hasMessageContaining("another job");
        assertThatThrownBy(accepted::get).isInstanceOf(ExecutionException.class);
    }

    @Test
    void theServerSaysWhyItRefusesAnotherSecret() throws Exception {
        Future<SecuredChannel> accepted = accepting(WireSecurity.of(SECRET), BOUND);
        assertThatThrownBy(() -> connect(WireSecurity.of(ANOTHER), BOUND))
                .hasMessageContaining("refused: the secret of this job is another one than that of the server");
        assertThatThrownBy(accepted::get).hasCauseInstanceOf(RefusedException.class);
    }

    @Test
    void anotherCertificateThatTheSameSecretOpensIsRefused() throws Exception {
        // The same names and dates, signed by itself just as well, but not the same.
        Future<SecuredChannel> accepted = accepting(security(Kind.TLS, SECRET), BOUND);
        assertThatThrownBy(() -> connect(security(Kind.TLS, SECRET), BOUND))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("another certificate than this job's");
        assertThatThrownBy(accepted::get).isInstanceOf(ExecutionException.class);
    }

    @Test
    void aClientWithoutACertificateIsRefusedByTheServer() throws Exception {
        Future<SecuredChannel> accepted = accepting(security(Kind.TLS, SECRET), BOUND);
        javax.net.ssl.SSLContext trusting = javax.net.ssl.SSLContext.getInstance("TLSv1.3");
        trusting.init(null, new javax.net.ssl.TrustManager[] {new TrustsAnyone()}, null);
        try (Socket socket = trusting.getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort())) {
            socket.setSoTimeout(20_000);
            // In TLS 1.3 a client may speak before the server has looked at its certificate.
            try {
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            } catch (IOException e) {
                assertThat(e).isInstanceOfAny(SSLException.class, java.net.SocketException.class);
            }
        }
        assertThatThrownBy(accepted::get).hasCauseInstanceOf(SSLException.class);
    }

    @Test
    void olderVersionsOfTlsAreRefused() throws Exception {
        Future<SecuredChannel> accepted = accepting(security(Kind.TLS, SECRET), BOUND);
        javax.net.ssl.SSLContext old = javax.net.ssl.SSLContext.getInstance("TLSv1.2");
        old.init(null, new javax.net.ssl.TrustManager[] {new TrustsAnyone()}, null);
        try (Socket socket = old.getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort())) {
            assertThatThrownBy(() -> socket.getOutputStream().write(1)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(accepted::get).hasCauseInstanceOf(SSLException.class);
    }

    static Stream<byte[]> notAHandshake() {
        ByteBuffer thrift =
                ByteBuffer.allocate(20).putInt(0x80010001).putInt(4).put("push".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer oversized = ByteBuffer.allocate(5).put((byte) 1).putInt(SaslMessages.MOST_BYTES + 1);
        ByteBuffer negative = ByteBuffer.allocate(5).put((byte) 1).putInt(-1);
        ByteBuffer huge = ByteBuffer.allocate(5).put((byte) 1).putInt(Integer.MAX_VALUE);
        ByteBuffer plain =
                ByteBuffer.allocate(10).put((byte) 1).putInt(5).put("PLAIN".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer complete = ByteBuffer.allocate(5).put((byte) 5).putInt(0);
        return Stream.of(thrift, oversized, negative, huge, plain, complete).map(ByteBuffer::array);
    }

    @ParameterizedTest
    @MethodSource("notAHandshake")
    void whatIsNoHandshakeIsRefusedAtOnce(byte[] first) throws Exception {
        for (Kind kind : new Kind[] {Kind.SASL, Kind.TLS}) {
            Future<SecuredChannel> accepted = accepting(security(kind, SECRET), BOUND);
            try (Socket socket = raw()) {
                socket.getOutputStream().write(first);
                socket.shutdownOutput();
                assertThatThrownBy(accepted::get)
                        .hasCauseInstanceOf(IOException.class)
                        .cause()
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 15, 20, 100})
    void aHandshakeThatBreaksOffIsDropped(int bytes) throws Exception {
        byte[] begun = clientsFirstWords();
        Future<SecuredChannel> accepted = accepting(WireSecurity.of(SECRET), BOUND);
        try (Socket socket = raw()) {
            socket.getOutputStream().write(begun, 0, Math.min(bytes, begun.length));
        }
        assertThatThrownBy(accepted::get).hasCauseInstanceOf(IOException.class);
    }

    private static byte[] clientsFirstWords() {
        byte[] mechanism = "DIGEST-MD5".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(20)
                .put((byte) 1)
                .putInt(mechanism.length)
                .put(mechanism)
                .put((byte) 2)
                .putInt(0)
                .array();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SASL", "TLS"})
    void slowDripsDoNotStretchTheTime(Kind kind) throws Exception {
        long begun = System.nanoTime();
        Future<SecuredChannel> accepted = accepting(security(kind, SECRET), SHORT);
        try (Socket socket = raw()) {
            Future<Void> drips = threads.submit(() -> {
                // The first bytes of either kind of handshake, each well within the time.
                byte[] slow = kind == Kind.SASL ? clientsFirstWords() : new byte[] {22, 3, 1, 2, 0, 1, 0, 1, 0, 3, 3};
                for (int i = 0; !accepted.isDone() && !Thread.interrupted(); i++) {
                    socket.getOutputStream().write(i < slow.length ? slow[i] : 0);
                    socket.getOutputStream().flush();
                    java.util.concurrent.locks.LockSupport.parkNanos(SHORT.toNanos() / 10);
                }
                return null;
            });
            assertThatThrownBy(accepted::get)
                    .hasCauseInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("did not finish within 300 ms");
            assertThat(drips).isNotCancelled();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SASL", "TLS"})
    void aServerThatSaysNothingIsGivenUp(Kind kind) throws Exception {
        try (SocketChannel ignored = SocketChannel.open(listener.getLocalAddress())) {
            assertThat(ignored.isConnected()).isTrue();
            assertThatThrownBy(() -> connect(security(kind, SECRET), SHORT)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SASL", "TLS"})
    void aServerThatClosesTheConnectionIsNamed(Kind kind) throws Exception {
        Future<Void> closing = threads.submit(() -> {
            listener.accept().close();
            return null;
        });
        assertThatThrownBy(() -> connect(security(kind, SECRET), BOUND)).isInstanceOf(IOException.class);
        closing.get();
    }

    /** A server that asks well and claims success without proof that it knows the secret itself. */
    @ParameterizedTest(name = "proof {0}")
    @ValueSource(strings = {"", "rspauth=", "rspauth=00000000000000000000000000000000", "anything=1"})
    void aServerThatDoesNotProveThatItKnowsTheSecretIsRefused(String proof) throws Exception {
        Future<Void> impostor = threads.submit(() -> {
            try (SocketChannel channel = listener.accept()) {
                channel.configureBlocking(false);
                try (TimedChannel timed = new TimedChannel(new PlainChannel(channel), BOUND)) {
                    SaslMessages messages = new SaslMessages(timed);
                    messages.receive();
                    messages.receive();
                    String challenge =
                            "realm=\"distbelief\",nonce=\"bm9uY2U=\",qop=\"auth\",charset=utf-8,algorithm=md5-sess";
                    messages.send(SaslMessages.Status.OK, challenge.getBytes(StandardCharsets.UTF_8));
                    assertThat(new String(messages.receive().payload(), StandardCharsets.UTF_8))
                            .contains("username=\"distbelief\"")
                            .doesNotContain(SECRET.key(JobSecret.Use.WIRE));
                    messages.send(SaslMessages.Status.COMPLETE, proof.getBytes(StandardCharsets.UTF_8));
                }
            }
            return null;
        });
        assertThatThrownBy(() -> connect(WireSecurity.of(SECRET), BOUND))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("has not proved that it knows the secret of this job")
                .hasMessageContaining(SERVER);
        impostor.get();
    }

    private static final class TrustsAnyone extends javax.net.ssl.X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }
}
