package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.transport.TSaslClientTransport;
import org.apache.thrift.transport.TSocket;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that only processes of its job may speak to. */
@Timeout(60)
class SecuredServerTest {
    private static final RangeSet HELD = RangeSet.of(0, 10_000);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final JobSecret another = JobSecret.random(new SecureRandom());
    private final ParameterShard shard = new ParameterShard(0, 1, HELD, new Sgd(1), Duration.ofSeconds(5));
    private final AtomicInteger requests = new AtomicInteger();
    private final List<ThriftServer> servers = new ArrayList<>();
    private ThriftServer server;

    @BeforeEach
    void start() throws IOException {
        server = serve(WireSecurity.of(secret));
    }

    private ThriftServer serve(WireSecurity security) throws IOException {
        WireMethods methods = new ShardService(shard, (s, directory, vectors) -> {
                    throw new IOException("not here");
                })
                .methods();
        ThriftServer fresh = new ThriftServer(
                "test",
                loopback,
                0,
                (in, out) -> {
                    requests.incrementAndGet();
                    methods.process(in, out);
                },
                WireLimits.standard().withConnections(4),
                security);
        fresh.start();
        servers.add(fresh);
        return fresh;
    }

    @AfterEach
    void close() {
        servers.forEach(ThriftServer::close);
    }

    private ShardClient client(int port, WireSecurity security) {
        ShardAddress address = new ShardAddress(0, loopback.getHostAddress(), port, 1);
        return new ThriftShardClient(
                address, WireLimits.standard().withTimeouts(LONG, Duration.ofSeconds(10)), security);
    }

    private int port() {
        return server.address().getPort();
    }

    private WireSecurity encrypted(JobSecret its) {
        return WireSecurity.encrypted(its, new SelfSigned(new SecureRandom()).certificate(its));
    }

    private void assertRefused(ThriftServer by, WireSecurity security) {
        int before = requests.get();
        int port = by.address().getPort();
        try (ShardClient client = client(port, security)) {
            assertThatThrownBy(client::status)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(loopback.getHostAddress() + ":" + port);
        }
        assertThat(requests).hasValue(before);
    }

    private void assertServed(ThriftServer by, WireSecurity security) throws Exception {
        try (ShardClient client = client(by.address().getPort(), security)) {
            assertThat(client.status().parameters()).isEqualTo(HELD.size());
        }
    }

    @Test
    void onlyWhoKnowsTheSecretIsServedAndNoRequestOfOthersIsRead() throws Exception {
        assertRefused(server, WireSecurity.none());
        assertRefused(server, WireSecurity.of(another));
        assertRefused(server, encrypted(secret));
        assertServed(server, WireSecurity.of(secret));
    }

    @Test
    void onlyWhoHoldsTheCertificateIsServed() throws Exception {
        WireSecurity own = encrypted(secret);
        ThriftServer tls = serve(own);
        assertRefused(tls, WireSecurity.none());
        assertRefused(tls, WireSecurity.of(secret));
        assertRefused(tls, encrypted(secret));
        assertRefused(tls, encrypted(another));
        assertServed(tls, own);
    }

    @Test
    void aClientDoesNotSpeakToAServerThatAsksForNothing() throws Exception {
        ThriftServer open = serve(WireSecurity.none());
        try (ShardClient client = client(open.address().getPort(), WireSecurity.of(secret))) {
            assertThatThrownBy(client::status).isInstanceOf(IOException.class).hasMessageContaining("refused");
        }
        assertServed(open, WireSecurity.none());
    }

    @Test
    void aClientOfAnotherJobHearsWhyItIsRefused() throws Exception {
        try (ShardClient client = client(port(), WireSecurity.of(another))) {
            assertThatThrownBy(client::status)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused: the secret of this job is another one than that of the server at")
                    .hasMessageContaining(loopback.getHostAddress() + ":" + port());
        }
    }

    @Test
    void whoNeverFinishesKeepsNobodyOutAndIsDropped() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(loopback, port());
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(1);
                idle.add(socket);
            }
            assertServed(server, WireSecurity.of(secret));
            for (Socket socket : idle) {
                assertDropped(socket);
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        assertThat(server.connections()).isLessThanOrEqualTo(1);
    }

    @Test
    void noiseInsteadOfAHandshakeIsDropped() throws Exception {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[1 + random.nextInt(5000)];
            random.nextBytes(noise);
            try (Socket socket = new Socket(loopback, port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(noise);
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (SocketException e) {
                assertThat(e).hasMessageContaining("onnection");
            }
        }
        assertThat(requests).hasValue(0);
        assertServed(server, WireSecurity.of(secret));
    }

    private static void assertDropped(Socket socket) throws IOException {
        int got;
        try {
            got = socket.getInputStream().read();
        } catch (SocketException e) {
            got = -1;
        }
        assertThat(got).isEqualTo(-1);
    }

    @ParameterizedTest(name = "encrypted {0}")
    @ValueSource(booleans = {false, true})
    void whoListensOnTheNetworkLearnsNoSecret(boolean encrypt) throws Exception {
        WireSecurity security = encrypt ? encrypted(secret) : WireSecurity.of(secret);
        ThriftServer its = encrypt ? serve(security) : server;
        ContiguousParameterBuffer values = new ContiguousParameterBuffer((int) HELD.size());
        for (int i = 0; i < HELD.size(); i++) {
            values.set(i, i);
        }
        byte[] heard;
        try (RecordingProxy proxy = new RecordingProxy(its.address());
                ShardClient client = client(proxy.port(), security)) {
            client.push(new PushHeader(1, new PushId(0, 0, 1, 1), HELD, 0), values);
            client.fetch(VectorName.PARAMETERS, HELD, values);
            assertThat(values.get(77)).isEqualTo(-77);
            heard = proxy.record();
        }
        // What it could know: the Latin alphabet maps every byte to one character.
        String text = new String(heard, StandardCharsets.ISO_8859_1);
        assertThat(text.length()).isGreaterThan((int) HELD.size() * Float.BYTES);
        assertThat(text.contains("fetch")).as("the record holds what was said").isEqualTo(!encrypt);
        assertNowhere(text, secret.bytes());
        for (JobSecret.Use use : JobSecret.Use.values()) {
            assertNowhere(text, HexFormat.of().parseHex(secret.key(use)));
            assertNowhere(text, secret.key(use).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void assertNowhere(String text, byte[] hidden) {
        assertThat(text.contains(new String(hidden, StandardCharsets.ISO_8859_1)))
                .as("raw")
                .isFalse();
        assertThat(text.toLowerCase(Locale.ROOT).contains(HexFormat.of().formatHex(hidden)))
                .as("hex")
                .isFalse();
        assertThat(text.contains(Base64.getEncoder().withoutPadding().encodeToString(hidden)))
                .as("base64")
                .isFalse();
        assertThat(text.contains(Base64.getUrlEncoder().withoutPadding().encodeToString(hidden)))
                .as("base64url")
                .isFalse();
    }

    @Test
    void thriftsOwnSaslClientIsServedOverTheBareConnectionAfterTheHandshake() throws Exception {
        try (TSocket socket =
                new TSocket(new org.apache.thrift.TConfiguration(), loopback.getHostAddress(), port(), 5000)) {
            socket.open();
            TSaslClientTransport stock = new TSaslClientTransport(
                    "DIGEST-MD5", null, "distbelief", "distbelief", Map.of(Sasl.QOP, "auth"), this::answer, socket);
            stock.open();
            TBinaryProtocol protocol = new TBinaryProtocol(socket);
            protocol.writeMessageBegin(new TMessage("status", TMessageType.CALL, 3));
            protocol.writeStructBegin(new TStruct());
            protocol.writeFieldStop();
            socket.flush();
            TMessage reply = protocol.readMessageBegin();
            assertThat(reply.type).isEqualTo(TMessageType.REPLY);
            assertThat(reply.seqid).isEqualTo(3);
        }
    }

    private void answer(Callback... callbacks) {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName("distbelief");
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(secret.key(JobSecret.Use.WIRE).toCharArray());
            } else if (callback instanceof RealmCallback realm) {
                realm.setText("distbelief");
            }
        }
    }
}
