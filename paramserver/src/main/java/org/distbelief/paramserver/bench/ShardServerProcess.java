package org.distbelief.paramserver.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * A shard under Adagrad for benchmarks, and bare sockets beside it. Its argument is the bytes of a transfer over bare
 * sockets; it reads two lines, the connections' secret and the shard's ranges, tells its ports, and ends when its input
 * does.
 */
public final class ShardServerProcess {
    /** What stands before the ports: that of the bare sockets, of the shard, and of the shard without a secret. */
    static final String PORTS = "ports ";

    /** The generation that serves. */
    public static final long GENERATION = 1;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ShardServerProcess() {}

    /** Serves. */
    public static void main(String[] arguments) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JobSecret secret = JobSecret.of(HexFormat.of().parseHex(in.readLine()));
        RangeSet ranges = JsonMapper.builder().build().readValue(in.readLine(), RangeSet.class);
        ParameterShard shard = new ParameterShard(0, GENERATION, ranges, new Adagrad(1e-4, 1e-10, 0), PATIENCE);
        ShardService service = new ShardService(shard, (saved, directory, vectors) -> {
            throw new IOException("nothing is saved here");
        });
        try (ServerSocketChannel raw = ServerSocketChannel.open();
                ThriftServer server = server(service, WireSecurity.of(secret));
                ThriftServer open = server(service, WireSecurity.none())) {
            raw.bind(new InetSocketAddress(loopback, 0));
            Thread thread = new Thread(() -> serve(raw, Integer.parseInt(arguments[0])), "raw");
            thread.setDaemon(true);
            thread.start();
            server.start();
            open.start();
            new PrintStream(System.out, true, StandardCharsets.UTF_8)
                    .println(PORTS + ((InetSocketAddress) raw.getLocalAddress()).getPort() + " "
                            + server.address().getPort() + " " + open.address().getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static ThriftServer server(ShardService service, WireSecurity security) throws IOException {
        return new ThriftServer(
                "bench", InetAddress.getLoopbackAddress(), 0, service.methods(), WireLimits.standard(), security);
    }

    private static void serve(ServerSocketChannel raw, int bytes) {
        try {
            RawPeer.serve(raw, bytes);
        } catch (IOException e) {
            System.err.println("bare sockets: " + e);
        }
    }

    /** A shard for a benchmark. */
    public static final class Running implements AutoCloseable {
        private final PinnedProcess process;
        private final int[] ports;

        /**
         * Starts one.
         *
         * @param processors as {@link PinnedProcess#start} has them
         * @param rawBytes bytes of a transfer over bare sockets
         */
        public Running(String processors, JobSecret secret, RangeSet ranges, int rawBytes) throws IOException {
            process = PinnedProcess.start(processors, 4096, ShardServerProcess.class, Integer.toString(rawBytes));
            process.tell(HexFormat.of().formatHex(secret.bytes()));
            process.tell(JsonMapper.builder().build().writeValueAsString(ranges));
            ports = Arrays.stream(process.expect(PORTS).split(" ", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }

        int rawPort() {
            return ports[0];
        }

        /** Where the shard serves those who have the secret. */
        public int port() {
            return ports[1];
        }

        int openPort() {
            return ports[2];
        }

        @Override
        public void close() throws IOException {
            process.close();
        }
    }
}
