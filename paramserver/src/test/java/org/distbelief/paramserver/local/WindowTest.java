package org.distbelief.paramserver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.distbelief.paramserver.security.SecuredChannel;
import org.distbelief.paramserver.security.WireSecurity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that two ends of a connection share, and the bytes that go through it. */
@Timeout(60)
class WindowTest {
    private static final WindowSize SIZE = new WindowSize(8192, 4096);
    private static final long SILENCE_MILLIS = 20_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private OfferedWindow offered;
    private SecuredChannel server;
    private SecuredChannel client;

    @BeforeEach
    void connect() throws Exception {
        offered = new OfferedWindow(SIZE, new SecureRandom());
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel calling = SocketChannel.open(listener.getLocalAddress());
            server = WireSecurity.none().accept(listener.accept(), Duration.ofSeconds(5));
            client = WireSecurity.none().connect(calling, "test", Duration.ofSeconds(5));
        }
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        client.close();
        server.close();
        offered.close();
    }

    private OpenedWindow opened() throws IOException {
        return OpenedWindow.open(offered.path(), offered.name(), SIZE);
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Sleeps until the other end rings, as a transport does. */
    private static void await(SecuredChannel channel, int operation) throws IOException {
        try (Selector selector = Selector.open()) {
            channel.socket().register(selector, channel.awaited(operation));
            assertThat(selector.select(SILENCE_MILLIS)).as("woken in time").isPositive();
        }
    }

    private static void send(SecuredChannel channel, long seed, int length) throws IOException {
        Random random = new Random(seed);
        ByteBuffer all =
                ByteBuffer.allocateDirect(length).put(bytes(seed, length)).flip();
        while (all.hasRemaining()) {
            ByteBuffer some = all.slice(all.position(), Math.min(all.remaining(), 1 + random.nextInt(50_000)));
            while (some.hasRemaining()) {
                if (channel.write(some) == 0) {
                    await(channel, SelectionKey.OP_WRITE);
                }
            }
            all.position(all.position() + some.capacity());
        }
    }

    private static void receive(SecuredChannel channel, long seed, int length) throws IOException {
        Random random = new Random(seed + 1);
        ByteBuffer all = ByteBuffer.allocateDirect(length);
        while (all.hasRemaining()) {
            all.limit(Math.min(all.capacity(), all.position() + 1 + random.nextInt(70_000)));
            while (all.hasRemaining()) {
                if (channel.read(all) == 0) {
                    await(channel, SelectionKey.OP_READ);
                }
            }
            all.limit(all.capacity());
        }
        byte[] found = new byte[length];
        all.flip().get(found);
        assertThat(found).isEqualTo(bytes(seed, length));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bytesArriveInOrderInBothDirections(long seed) throws Exception {
        SecuredChannel there = offered.channel(server);
        SecuredChannel here = opened().channel(client, () -> {});
        Future<?> work = threads.submit(() -> {
            send(there, seed, 300_001);
            receive(there, seed, 200_003);
            return null;
        });
        receive(here, seed, 300_001);
        send(here, seed, 200_003);
        work.get();
    }

    @Test
    void whatWasSentBeforeTheEndStillArrives() throws Exception {
        SecuredChannel there = offered.channel(server);
        SecuredChannel here = opened().channel(client, () -> {});
        there.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        there.close();
        ByteBuffer found = ByteBuffer.allocate(10);
        assertThat(here.read(found)).isEqualTo(3);
        for (int got = 0; got == 0; got = here.read(found)) {
            await(here, SelectionKey.OP_READ);
        }
        assertThat(here.read(found)).isEqualTo(-1);
        ByteBuffer much = ByteBuffer.allocate(SIZE.toServer() + 1);
        here.write(much);
        assertThatThrownBy(() -> here.write(much)).isInstanceOf(IOException.class);
    }

    @Test
    void numbersThatCannotBeAreRefused() throws Exception {
        SecuredChannel there = offered.channel(server);
        try (FileChannel file =
                FileChannel.open(Path.of(offered.path()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long hostile : new long[] {SIZE.toServer() + 1L, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                // What the client has written to the ring to the server.
                file.write(
                        ByteBuffer.allocate(8)
                                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                .putLong(0, hostile),
                        1024);
                assertThatThrownBy(() -> there.read(ByteBuffer.allocate(100)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("in the shared memory");
            }
        }
    }

    @Test
    void nobodyCanMakeTheMemorySmallerOrLarger() throws Exception {
        try (FileChannel file =
                FileChannel.open(Path.of(offered.path()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> file.truncate(100)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), file.size()))
                    .isInstanceOf(IOException.class);
            assertThat(file.size()).isEqualTo(4096L + SIZE.toServer() + SIZE.toClient());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(offered.path()))))
                .isEqualTo("rw-------");
    }

    @Test
    void onlyMemoryOfTheNameIsOpened() throws Exception {
        String name = "distbelief-" + "0".repeat(32);
        assertThatThrownBy(() -> OpenedWindow.open(offered.path(), name, SIZE))
                .hasMessageContaining("expected /memfd:" + name);
        assertThatThrownBy(() -> OpenedWindow.open("/etc/passwd", offered.name(), SIZE))
                .hasMessageContaining("expected the path");
        assertThatThrownBy(() -> OpenedWindow.open(offered.path() + "/../../../etc/passwd", offered.name(), SIZE))
                .hasMessageContaining("expected the path");
        assertThatThrownBy(() -> OpenedWindow.open(offered.path(), "x", SIZE)).hasMessageContaining("the name");
        assertThatThrownBy(() -> OpenedWindow.open("/proc/1/fd/99999", offered.name(), SIZE))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> OpenedWindow.open(offered.path(), offered.name(), new WindowSize(4096, 4096)))
                .hasMessageContaining("expected 12288 bytes");
    }

    @Test
    void theProofCountsOnce() throws Exception {
        byte[] proof = opened().proof();
        byte[] wrong = proof.clone();
        wrong[31]++;
        assertThat(offered.enter(wrong)).isFalse();
        assertThat(offered.enter(new byte[0])).isFalse();
        assertThat(offered.enter(proof)).isTrue();
        assertThat(offered.enter(proof)).isFalse();
    }

    @Test
    void theServersEndGivesTheMemoryBackWhileTheClientHasItMapped() throws Exception {
        OpenedWindow window = opened();
        assertThat(window.proof()).isNotEqualTo(new byte[32]);
        Path path = Path.of(offered.path());
        String name = offered.name();
        offered.close();
        // The pages are gone: what is still mapped reads as new ones.
        assertThat(window.proof()).isEqualTo(new byte[32]);
        assertThat(Files.exists(path) && Files.readSymbolicLink(path).toString().contains(name))
                .isFalse();
    }

    @Test
    void sizesAreBounded() {
        assertThatThrownBy(() -> new WindowSize(4096, 4095)).hasMessageContaining("whole pages");
        assertThatThrownBy(() -> new WindowSize(0, 4096)).hasMessageContaining("whole pages");
        assertThatThrownBy(() -> new WindowSize(Integer.MAX_VALUE / 4096 * 4096, Integer.MAX_VALUE / 4096 * 4096))
                .hasMessageContaining("at most " + WindowSize.MOST);
    }

    @Test
    void anAllowanceEndsAndComesBack() {
        WindowAllowance two = new WindowAllowance(2);
        assertThat(two.take()).isTrue();
        assertThat(two.take()).isTrue();
        assertThat(two.take()).isFalse();
        two.giveBack();
        assertThat(two.take()).isTrue();
        assertThat(WindowAllowance.none().any()).isFalse();
        assertThat(WindowAllowance.bytes(1000)).isEqualTo(WindowAllowance.bytes(WindowAllowance.STANDARD));
    }
}
