package org.distbelief.paramserver.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;

/** One end of {@link WireBenchmarkClient}: a shard, and bare sockets beside it. Ends when its input does. */
final class WireBenchmarkServer {
    /** What stands before the ports, which end the line: that of the bare sockets, that of the shard. */
    static final String PORTS = "ports ";

    /** The generation that serves. */
    static final long GENERATION = 1;

    private WireBenchmarkServer() {}

    /** Takes the number of parameters, and the bytes of a transfer over bare sockets. */
    public static void main(String[] args) throws IOException {
        int floats = Integer.parseInt(args[0]);
        int rawBytes = Integer.parseInt(args[1]);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ParameterShard shard = new ParameterShard(
                0, GENERATION, RangeSet.of(0, floats), new Adagrad(0.01, 1e-10, 0), Duration.ofSeconds(10));
        ShardService service = new ShardService(shard, (saved, directory, vectors) -> {
            throw new IOException("nothing is saved here");
        });
        try (shard;
                ServerSocketChannel raw = ServerSocketChannel.open();
                ThriftServer server =
                        new ThriftServer("bench", loopback, 0, service.methods(), WireLimits.standard())) {
            raw.bind(new InetSocketAddress(loopback, 0));
            Thread thread = new Thread(() -> serve(raw, rawBytes), "raw");
            thread.setDaemon(true);
            thread.start();
            server.start();
            System.out.println(PORTS + ((InetSocketAddress) raw.getLocalAddress()).getPort() + " "
                    + server.address().getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void serve(ServerSocketChannel raw, int bytes) {
        try {
            RawPeer.serve(raw, bytes);
        } catch (IOException e) {
            System.err.println("raw sockets: " + e);
        }
    }
}
