package org.distbelief.container.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.paramserver.security.WireSecurity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers and broken messages at the port of a partition. */
@Timeout(60)
class SocketNeighboursTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final ReplicaIdentity IDENTITY = new ReplicaIdentity(2, 7, 2, 99);
    private static final Duration BOUND = Duration.ofSeconds(20);

    private static SocketNeighbours.AddressBook at(SocketNeighbours.Port port) {
        return (partition, most) -> new InetSocketAddress(LOOPBACK, port.number());
    }

    @Test
    void strangersAreTurnedAwayAndTheNeighbourIsStillServed() throws Exception {
        var threads = Executors.newCachedThreadPool();
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK);
                SocketNeighbours.Port other = new SocketNeighbours.Port(LOOPBACK)) {
            Future<SocketNeighbours> first = threads.submit(() ->
                    SocketNeighbours.connect(IDENTITY, 0, port, at(other), WireSecurity.none(), BOUND, BOUND, BOUND));
            List<byte[]> strangers = List.of(
                    new ReplicaIdentity(2, 6, 2, 99).greeting(1, 0),
                    new ReplicaIdentity(2, 7, 2, 98).greeting(1, 0),
                    IDENTITY.greeting(0, 0),
                    IDENTITY.greeting(5, 0),
                    IDENTITY.greeting(1, 1),
                    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n......".getBytes(StandardCharsets.US_ASCII));
            for (byte[] greeting : strangers) {
                try (Socket socket = new Socket(LOOPBACK, port.number())) {
                    socket.getOutputStream().write(greeting);
                    assertThat(endOf(socket)).isEqualTo(-1);
                }
            }
            try (SocketNeighbours second = SocketNeighbours.connect(
                            IDENTITY, 1, other, at(port), WireSecurity.none(), BOUND, BOUND, BOUND);
                    SocketNeighbours leader = first.get()) {
                second.tell(0, new byte[] {4});
                assertThat(leader.hear(1)).containsExactly(4);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int endOf(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void whoIsNotCalledInTimeSaysWhoIsMissing() throws Exception {
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK)) {
            assertThatThrownBy(() -> SocketNeighbours.connect(
                            IDENTITY, 0, port, at(port), WireSecurity.none(), Duration.ofMillis(100), BOUND, BOUND))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("partition 0 of the replica was not called by all others within")
                    .hasMessageContaining("[] of 2 partitions");
        }
    }

    @Test
    void aNeighbourThatCannotBeReachedIsNamed() throws Exception {
        InetSocketAddress nowhere;
        try (SocketNeighbours.Port closed = new SocketNeighbours.Port(LOOPBACK)) {
            nowhere = new InetSocketAddress(LOOPBACK, closed.number());
        }
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK)) {
            assertThatThrownBy(() -> SocketNeighbours.connect(
                            IDENTITY, 1, port, (p, most) -> nowhere, WireSecurity.none(), BOUND, BOUND, BOUND))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("partition 1 of the replica cannot reach partition 0 at ")
                    .hasMessageContaining(":" + nowhere.getPort());
        }
    }

    @Test
    void aNeighbourWithoutASignOfLifeIsLost() throws Exception {
        var threads = Executors.newCachedThreadPool();
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(LOOPBACK)) {
            Future<SocketNeighbours> first = threads.submit(() -> SocketNeighbours.connect(
                    IDENTITY, 0, port, at(port), WireSecurity.none(), BOUND, Duration.ofMillis(400), BOUND));
            try (Socket mute = new Socket(LOOPBACK, port.number())) {
                mute.getOutputStream().write(IDENTITY.greeting(1, 0));
                try (SocketNeighbours leader = first.get()) {
                    assertThatThrownBy(() -> leader.hear(1))
                            .isInstanceOf(NeighbourException.class)
                            .hasMessageContaining("partition 1 of this replica")
                            .hasMessageContaining("nothing was heard of it for");
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aNeighbourThatComputesForLongIsNotLost() throws Exception {
        List<Neighbours> two = Connected.bySockets(2, BOUND, Duration.ofSeconds(1), WireSecurity.none());
        try {
            Neighbours.Inbox inbox = two.get(1).inbox(0, 3);
            two.get(0).outbox(1, 3).send(List.of(FloatMemory.of(1, 2)));
            // The message waits for its place much longer than the silence that is allowed.
            CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS))
                    .get();
            FloatMemory into = FloatMemory.allocate(2);
            inbox.open(List.of(into));
            inbox.await();
            assertThat(into.toArray()).containsExactly(1, 2);
            two.get(1).tell(0, new byte[] {3});
            assertThat(two.get(0).hear(1)).containsExactly(3);
        } finally {
            two.forEach(Neighbours::close);
        }
    }

    @Test
    void aMessageOfAnotherSizeThanAskedForEndsTheConnection() throws Exception {
        List<Neighbours> two = Connected.bySockets(2, BOUND);
        try {
            CompletableFuture.runAsync(() -> two.get(0).outbox(1, 3).send(List.of(FloatMemory.allocate(5))))
                    .get();
            Neighbours.Inbox inbox = two.get(1).inbox(0, 3);
            inbox.open(List.of(FloatMemory.allocate(4)));
            assertThatThrownBy(inbox::await)
                    .isInstanceOf(NeighbourException.class)
                    .hasMessageContaining("expected message 3 of 16 bytes, found 20");
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            two.forEach(Neighbours::close);
        }
    }
}
