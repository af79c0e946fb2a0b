package org.distbelief.container.exchange;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.distbelief.paramserver.security.WireSecurity;

/** Neighbours that are connected with each other, for tests. */
public final class Connected {
    private static final Duration TOGETHER = Duration.ofSeconds(20);

    private Connected() {}

    /** Through sockets of this machine. */
    public static List<Neighbours> bySockets(int partitions, Duration bound) throws Exception {
        return bySockets(partitions, bound, bound, WireSecurity.none());
    }

    static List<Neighbours> bySockets(int partitions, Duration bound, Duration silence, WireSecurity security)
            throws Exception {
        ReplicaIdentity identity = new ReplicaIdentity(0, 1, partitions, 5);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<SocketNeighbours.Port> ports = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(partitions);
        try {
            for (int p = 0; p < partitions; p++) {
                ports.add(new SocketNeighbours.Port(loopback));
            }
            List<Future<SocketNeighbours>> futures = new ArrayList<>();
            for (int p = 0; p < partitions; p++) {
                int self = p;
                futures.add(threads.submit(() -> SocketNeighbours.connect(
                        identity,
                        self,
                        ports.get(self),
                        (other, most) ->
                                new InetSocketAddress(loopback, ports.get(other).number()),
                        security,
                        TOGETHER,
                        silence,
                        bound)));
            }
            List<Neighbours> connected = new ArrayList<>();
            for (Future<SocketNeighbours> future : futures) {
                connected.add(future.get());
            }
            return connected;
        } finally {
            threads.shutdownNow();
            for (SocketNeighbours.Port port : ports) {
                close(port);
            }
        }
    }

    private static void close(SocketNeighbours.Port port) throws IOException {
        port.close();
    }
}
