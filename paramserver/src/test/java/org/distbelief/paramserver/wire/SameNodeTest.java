package org.distbelief.paramserver.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.local.WindowAllowance;
import org.distbelief.paramserver.local.WindowSize;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.wire.gen.EnterReply;
import org.distbelief.paramserver.wire.gen.EnterRequest;
import org.distbelief.paramserver.wire.gen.WindowReply;
import org.distbelief.paramserver.wire.gen.WindowRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Floats between a client and a shard on one node: through shared memory, or as ever where that is not to be had. */
@Timeout(120)
class SameNodeTest {
    private static final int SIZE = 3_000_000;
    private static final RangeSet ALL = RangeSet.of(0, SIZE);
    private static final RangeSet ODD = RangeSet.of(List.of(
            new Range(3, 4), new Range(5, 300_006), new Range(300_007, 300_010), new Range(1_000_001, 2_999_999)));

    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        assertThat(windows()).as("windows that are left").isEmpty();
    }

    private <T extends AutoCloseable> T kept(T resource) {
        open.add(resource);
        return resource;
    }

    private ThriftServer serve(int windows, WireSecurity security) throws IOException {
        ParameterShard shard = new ParameterShard(0, 1, ALL, new Adagrad(0.1, 1e-10, 0), Duration.ofSeconds(5));
        ShardService service = new ShardService(
                shard,
                (saved, directory, vectors) -> {
                    throw new IOException("nothing is saved here");
                },
                windows);
        ThriftServer server =
                kept(new ThriftServer("test", loopback, 0, service.methods(), WireLimits.standard(), security));
        server.start();
        return server;
    }

    private ShardAddress at(int port) {
        return new ShardAddress(0, loopback.getHostAddress(), port, 1);
    }

    private ThriftShardClient client(int port, WireSecurity security, int windows) {
        return kept(new ThriftShardClient(
                at(port), WireLimits.standard(), security, Encoding.FLOAT32, new WindowAllowance(windows)));
    }

    /** Windows that this process, in which the servers run, holds. */
    private static List<String> windows() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(SameNodeTest::target)
                    .filter(target -> target.startsWith("/memfd:distbelief-"))
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }

    private static void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static ContiguousParameterBuffer random(long seed) {
        Random random = new Random(seed);
        ContiguousParameterBuffer floats = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            floats.set(i, random.nextFloat() - 0.5f);
        }
        return floats;
    }

    private static float[] array(ContiguousParameterBuffer buffer) {
        float[] floats = new float[SIZE];
        buffer.view(0, SIZE).asFloatBuffer().get(floats);
        return floats;
    }

    /** Pushes two gradients and fetches odd ranges, then all. */
    private List<float[]> trained(int port, WireSecurity security, Encoding encoding, int windows) throws Exception {
        WindowAllowance allowance = new WindowAllowance(windows);
        try (ShardedParameters shards = new ShardedParameters(
                new ShardMap(List.of(ALL)),
                (shard, wait) -> at(port),
                address -> new ThriftShardClient(address, WireLimits.standard(), security, encoding, allowance),
                Duration.ofSeconds(30))) {
            PushSource source = new PushSource(0, 0, 1);
            ContiguousParameterBuffer some = new ContiguousParameterBuffer(SIZE);
            ContiguousParameterBuffer all = new ContiguousParameterBuffer(SIZE);
            try (Pushes pushes = encoding == Encoding.FLOAT32
                    ? shards.pushes(source)
                    : shards.encodedPushes(source, encoding, new ContiguousParameterBuffer(SIZE))) {
                pushes.push(ALL, random(1), shards.fetch(ODD, some));
                pushes.push(ODD, random(2), shards.fetch(ODD, some));
                shards.fetch(ALL, all);
                assertThat(windows()).hasSize(windows);
            }
            return List.of(array(some), array(all));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsComputedIsTheSameBothWays(Encoding encoding) throws Exception {
        WireSecurity security = WireSecurity.of(secret);
        List<float[]> near = trained(serve(16, security).address().getPort(), security, encoding, 2);
        List<float[]> far = trained(serve(16, security).address().getPort(), security, encoding, 0);
        assertThat(near.get(0)).isEqualTo(far.get(0));
        assertThat(near.get(1)).isEqualTo(far.get(1));
    }

    @Test
    void encryptedConnectionsShareMemoryToo() throws Exception {
        WireSecurity security = WireSecurity.encrypted(secret, new SelfSigned(new SecureRandom()).certificate(secret));
        List<float[]> near = trained(serve(16, security).address().getPort(), security, Encoding.FLOAT32, 2);
        List<float[]> far = trained(serve(16, security).address().getPort(), security, Encoding.FLOAT32, 0);
        assertThat(near.get(1)).isEqualTo(far.get(1));
    }

    @Test
    void theConnectionItselfCarriesNextToNothing() throws Exception {
        WireSecurity security = WireSecurity.none();
        ThriftServer server = serve(16, security);
        RecordingProxy proxy = kept(new RecordingProxy(server.address()));
        ThriftShardClient client = client(proxy.port(), security, 1);
        ContiguousParameterBuffer floats = random(3);
        client.store(VectorName.PARAMETERS, ALL, floats);
        ContiguousParameterBuffer found = new ContiguousParameterBuffer(SIZE);
        client.fetch(VectorName.PARAMETERS, ALL, found);
        assertThat(array(found)).isEqualTo(array(floats));
        assertThat(proxy.record().length).isLessThan(100_000);
    }

    @Test
    void requestsThatAreLongerThanTheirRepliesDoNotBlockThem() throws Exception {
        WireSecurity security = WireSecurity.none();
        int port = serve(16, security).address().getPort();
        ContiguousParameterBuffer floats = random(7);
        client(port, security, 0).store(VectorName.PARAMETERS, ALL, floats);
        ThriftShardClient fetching = client(port, security, 1);
        List<Range> single = new ArrayList<>();
        for (int i = 0; i < SIZE; i += 2) {
            single.add(new Range(i, i + 1));
        }
        ContiguousParameterBuffer found = new ContiguousParameterBuffer(SIZE);
        fetching.fetch(VectorName.PARAMETERS, RangeSet.of(single), found);
        assertThat(windows()).hasSize(1);
        for (int i = 0; i < SIZE; i++) {
            if (found.get(i) != (i % 2 == 0 ? floats.get(i) : 0)) {
                assertThat(found.get(i)).as("parameter %d", i).isEqualTo(i % 2 == 0 ? floats.get(i) : 0);
            }
        }
    }

    @Test
    void aRefusedPushLeavesTheConnectionAsItWas() throws Exception {
        WireSecurity security = WireSecurity.of(secret);
        ThriftShardClient client = client(serve(16, security).address().getPort(), security, 1);
        ContiguousParameterBuffer gradient = random(4);
        gradient.set(77_000, Float.NaN);
        RangeSet part = RangeSet.of(0, 100_000);
        assertThatThrownBy(() -> client.push(new PushHeader(1, new PushId(0, 0, 1, 1), part, -1), gradient))
                .isInstanceOfSatisfying(
                        ShardException.class, e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.NOT_FINITE));
        gradient.set(77_000, 1);
        assertThat(client.push(new PushHeader(1, new PushId(0, 0, 1, 1), part, -1), gradient)
                        .version())
                .isEqualTo(1);
        assertThat(windows()).hasSize(1);
    }

    @Test
    void withoutAWindowTheConnectionGoesOn() throws Exception {
        WireSecurity security = WireSecurity.of(secret);
        int port = serve(1, security).address().getPort();
        ThriftShardClient first = client(port, security, 1);
        ThriftShardClient second = client(port, security, 1);
        ContiguousParameterBuffer floats = random(5);
        first.store(VectorName.PARAMETERS, ODD, floats);
        second.store(VectorName.PARAMETERS, ODD, floats);
        ContiguousParameterBuffer found = new ContiguousParameterBuffer(SIZE);
        second.fetch(VectorName.PARAMETERS, ALL, found);
        assertThat(found.get(2_999_998)).isEqualTo(floats.get(2_999_998));
        assertThat(windows()).hasSize(1);
    }

    @Test
    void aServerThatKnowsNothingOfWindowsIsSpokenToAsEver() throws Exception {
        WireSecurity security = WireSecurity.none();
        List<Float> pushed = new ArrayList<>();
        ThriftServer server = kept(new ThriftServer(
                "old",
                loopback,
                0,
                new WireMethods(Map.of("store", in -> {
                    in.readNoArguments();
                    pushed.add(1f);
                    return WireProtocol::writeNothing;
                })),
                WireLimits.standard().withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20)),
                security));
        server.start();
        client(server.address().getPort(), security, 1)
                .store(VectorName.PARAMETERS, RangeSet.of(0, 100_000), random(6));
        assertThat(pushed).hasSize(1);
    }

    @Test
    void onlyTheProofOpensTheWayAndOnlyOneWindowIsGiven() throws Exception {
        WireSecurity security = WireSecurity.of(secret);
        int port = serve(16, security).address().getPort();
        try (ThriftConnection connection = new ThriftConnection(
                loopback.getHostAddress(), port, Duration.ofSeconds(5), WireLimits.standard(), security)) {
            assertThat(enter(connection, new byte[32]).isEntered()).isFalse();
            WindowSize size = WindowSize.forReceiving();
            assertThat(window(connection, size.toServer(), -4096).getRefused()).contains("whole pages");
            assertThat(window(connection, size.toServer(), 1 << 30).getRefused())
                    .contains("at most");
            assertThat(window(connection, size.toServer(), size.toClient()).getPath())
                    .startsWith("/proc/");
            assertThat(window(connection, size.toServer(), size.toClient()).getRefused())
                    .contains("once");
            assertThat(enter(connection, new byte[32]).isEntered()).isFalse();
            assertThat(enter(connection, new byte[0]).isEntered()).isFalse();
            assertThat(windows()).hasSize(1);
        }
        until(() -> windows().isEmpty());
    }

    private static WindowReply window(ThriftConnection connection, int toShard, int toClient) throws Exception {
        return connection.call("window", new WindowRequest(toShard, toClient), new WindowReply(), null);
    }

    private static EnterReply enter(ThriftConnection connection, byte[] proof) throws Exception {
        return connection.call("enter", new EnterRequest(ByteBuffer.wrap(proof)), new EnterReply(), null);
    }

    @Test
    void aClientThatIsKilledLeavesNothing() throws Exception {
        WireSecurity security = WireSecurity.none();
        ThriftServer server = serve(16, security);
        List<String> before = shared();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FetchingProcess.class.getName(),
                        Integer.toString(server.address().getPort()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("fetched");
            assertThat(windows()).hasSize(1);
        } finally {
            process.destroyForcibly().onExit().join();
        }
        until(() -> windows().isEmpty() && server.connections() == 0);
        assertThat(shared()).isEqualTo(before);
        trained(server.address().getPort(), security, Encoding.FLOAT32, 2);
    }

    /** What lies where memory is shared by files. */
    private static List<String> shared() throws IOException {
        Path folder = Path.of("/dev/shm");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(Path::toString)
                    .filter(name -> name.contains("distbelief"))
                    .sorted()
                    .toList();
        }
    }

    /** Fetches on and on until it is killed. */
    static final class FetchingProcess {
        private FetchingProcess() {}

        public static void main(String[] arguments) throws Exception {
            ShardAddress address = new ShardAddress(
                    0, InetAddress.getLoopbackAddress().getHostAddress(), Integer.parseInt(arguments[0]), 1);
            ContiguousParameterBuffer into = new ContiguousParameterBuffer(SIZE);
            try (ThriftShardClient client =
                    new ThriftShardClient(address, WireLimits.standard(), WireSecurity.none())) {
                client.fetch(VectorName.PARAMETERS, ALL, into);
                System.out.println("fetched");
                while (true) {
                    client.fetch(VectorName.PARAMETERS, ALL, into);
                }
            }
        }
    }
}
