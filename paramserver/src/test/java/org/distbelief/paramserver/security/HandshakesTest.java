package org.distbelief.paramserver.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those who do not prove who they are cannot keep out those who do. */
@Timeout(60)
class HandshakesTest {
    private static final WireSecurity SECURITY = WireSecurity.of(JobSecret.random(new SecureRandom()));

    @Test
    void whoSaysNothingMakesPlaceForTheOthers() throws Exception {
        BlockingQueue<SecuredChannel> welcome = new LinkedBlockingQueue<>();
        List<SocketChannel> silent = new ArrayList<>();
        Handshakes handshakes = new Handshakes("test", SECURITY, (channel, peer) -> welcome.add(channel));
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            accepting(listener, handshakes);
            long begun = System.nanoTime();
            for (int i = 0; i < 3 * Handshakes.MOST; i++) {
                silent.add(SocketChannel.open(listener.getLocalAddress()));
            }
            try (SocketChannel own = SocketChannel.open(listener.getLocalAddress());
                    SecuredChannel client = SECURITY.connect(own, "test", WireSecurity.HANDSHAKE)) {
                assertThat(client.isOpen()).isTrue();
                try (SecuredChannel welcomed = welcome.poll(10, TimeUnit.SECONDS)) {
                    assertThat(welcomed).isNotNull();
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("long before the silent ones' time is over")
                        .isLessThan(WireSecurity.HANDSHAKE);
            }
            assertEnd(silent.get(0));
            handshakes.close();
            for (SocketChannel channel : silent) {
                assertEnd(channel);
            }
        } finally {
            handshakes.close();
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
        assertThat(welcome).isEmpty();
    }

    private static void accepting(ServerSocketChannel listener, Handshakes handshakes) {
        Thread acceptor = new Thread(() -> {
            try {
                while (listener.isOpen()) {
                    handshakes.begin(listener.accept());
                }
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private static void assertEnd(SocketChannel channel) throws IOException {
        int got;
        try {
            channel.socket().setSoTimeout(10_000);
            got = channel.socket().getInputStream().read();
        } catch (SocketException e) {
            got = -1;
        }
        assertThat(got).isEqualTo(-1);
    }
}
