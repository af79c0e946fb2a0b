package org.distbelief.container.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.distbelief.paramserver.security.WireSecurity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Partitions that must prove to each other that they are of the same job, and what crosses between them then. */
@Timeout(60)
class SecuredNeighboursTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final ReplicaIdentity IDENTITY = new ReplicaIdentity(2, 7, 2, 99);
    private static final Duration BOUND = Duration.ofSeconds(20);

    private static SocketNeighbours.AddressBook at(SocketNeighbours.Port port) {
        return (partition, most) -> new InetSocketAddress(LOOPBACK, port.number());
    }

    private static WireSecurity encrypted(JobSecret secret) {
        return WireSecurity.encrypted(secret, new SelfSigned(new SecureRandom()).certificate(secret));
    }

    static Stream<WireSecurity> securities() {
        JobSecret secret = JobSecret.random(new SecureRandom());
        return Stream.of(WireSecurity.none(), WireSecurity.of(secret), encrypted(secret));
    }

    @ParameterizedTest
    @MethodSource("securities")
    void messagesArriveAsTheyWereHoweverTheyCrossEachOther(WireSecurity security) throws Exception {
        int floats = 300_000;
        List<Neighbours> three = Connected.bySockets(3, BOUND, BOUND, security);
        var threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> partitions = new ArrayList<>();
            for (Neighbours self : three) {
                partitions.add(threads.submit(() -> exchange(self, floats)));
            }
            for (Future<?> partition : partitions) {
                partition.get();
            }
        } finally {
            threads.shutdownNow();
            three.forEach(Neighbours::close);
        }
    }

    /** Sends each other partition numbers in two pieces, and checks what comes, a few times. */
    private static void exchange(Neighbours self, int floats) {
        int own = self.partition();
        for (int round = 0; round < 5; round++) {
            List<Neighbours.Inbox> inboxes = new ArrayList<>();
            List<FloatMemory> arrived = new ArrayList<>();
            for (int other = 0; other < self.partitions(); other++) {
                if (other == own) {
                    continue;
                }
                FloatMemory out = FloatMemory.allocate(floats);
                float[] values = new float[floats];
                for (int i = 0; i < floats; i++) {
                    values[i] = i % 1000 + own + 1000f * round;
                }
                out.write(0, values, 0, floats);
                FloatMemory into = FloatMemory.allocate(floats);
                inboxes.add(self.inbox(other, 1));
                inboxes.get(inboxes.size() - 1).open(List.of(into.slice(0, 7), into.slice(7, floats - 7)));
                arrived.add(into);
                self.outbox(other, 1).send(List.of(out.slice(0, 100), out.slice(100, floats - 100)));
                self.tell(other, new byte[] {(byte) round});
            }
            int from = 0;
            for (int other = 0; other < self.partitions(); other++) {
                if (other == own) {
                    continue;
                }
                inboxes.get(from).await();
                FloatMemory into = arrived.get(from);
                for (int i = 0; i < floats; i++) {
                    float expected = i % 1000 + other + 1000f * round;
                    if (into.get(i) != expected) {
                        throw new AssertionError("float " + i + " of round " + round + ": expected " + expected
                                + ", found " + into.get(i));
                    }
                }
                assertThat(self.hear(other)).containsExactly(round);
                from++;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("securities")
    void aMessageThatWaitedForItsPlaceIsReadAtOnceWhenItIsThere(WireSecurity security) throws Exception {
        List<Neighbours> two = Connected.bySockets(2, BOUND, Duration.ofMinutes(10), security);
        try {
            Neighbours.Inbox inbox = two.get(1).inbox(0, 3);
            // Once both have heard of each other their first signs of life are over, and no others come.
            two.get(0).tell(1, new byte[] {1});
            two.get(1).hear(0);
            pause();
            two.get(0).outbox(1, 3).send(List.of(FloatMemory.of(1, 2)));
            // It has come as far as it can by then, and nothing follows that could wake the reader.
            pause();
            FloatMemory into = FloatMemory.allocate(2);
            inbox.open(List.of(into));
            inbox.await();
            assertThat(into.toArray()).containsExactly(1, 2);
        } finally {
            two.forEach(Neighbours::close);
        }
    }

    private static void pause() throws Exception {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS))
                .get();
    }

    static Stream<Arguments> strangers() {
        JobSecret secret = JobSecret.random(new SecureRandom());
        JobSecret another = JobSecret.random(new SecureRandom());
        return Stream.of(
                Arguments.of(WireSecurity.of(secret), WireSecurity.of(another)),
                Arguments.of(WireSecurity.of(secret), WireSecurity.none()),
                Arguments.of(encrypted(secret), encrypted(another)),
                Arguments.of(encrypted(secret), encrypted(secret)),
                Arguments.of(encrypted(secret), WireSecurity.of(secret)));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void partitionsWithDifferentSecretsDoNotConnectAndOthersStillDo(WireSecurity own, WireSecurity strange)
            throws Exception {
        var threads = Executors.newCachedThreadPool();
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK)) {
            Future<SocketNeighbours> first = threads.submit(
                    () -> SocketNeighbours.connect(IDENTITY, 0, port, at(port), own, BOUND, BOUND, BOUND));
            for (int i = 0; i < 3; i++) {
                try (SocketNeighbours.Port other = new SocketNeighbours.Port(LOOPBACK)) {
                    assertThatThrownBy(() -> SocketNeighbours.connect(
                                    IDENTITY, 1, other, at(port), strange, BOUND, BOUND, BOUND))
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("partition 1 of the replica cannot reach partition 0 at ");
                }
            }
            assertThat(first).isNotDone();
            try (SocketNeighbours.Port other = new SocketNeighbours.Port(LOOPBACK);
                    SocketNeighbours second =
                            SocketNeighbours.connect(IDENTITY, 1, other, at(port), own, BOUND, BOUND, BOUND);
                    SocketNeighbours leader = first.get()) {
                second.tell(0, new byte[] {4});
                assertThat(leader.hear(1)).containsExactly(4);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoCallsAndSaysNothingKeepsNobodyOut() throws Exception {
        WireSecurity security = WireSecurity.of(JobSecret.random(new SecureRandom()));
        var threads = Executors.newCachedThreadPool();
        List<Socket> silent = new ArrayList<>();
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK)) {
            Future<SocketNeighbours> first = threads.submit(
                    () -> SocketNeighbours.connect(IDENTITY, 0, port, at(port), security, BOUND, BOUND, BOUND));
            for (int i = 0; i < 30; i++) {
                silent.add(new Socket(LOOPBACK, port.number()));
            }
            long begun = System.nanoTime();
            try (SocketNeighbours.Port other = new SocketNeighbours.Port(LOOPBACK);
                    SocketNeighbours second =
                            SocketNeighbours.connect(IDENTITY, 1, other, at(port), security, BOUND, BOUND, BOUND);
                    SocketNeighbours leader = first.get()) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(WireSecurity.HANDSHAKE);
                leader.tell(1, new byte[] {5});
                assertThat(second.hear(0)).containsExactly(5);
            }
        } finally {
            threads.shutdownNow();
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}
