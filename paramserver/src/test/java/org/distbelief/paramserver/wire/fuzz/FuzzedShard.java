package org.distbelief.paramserver.wire.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.Momentum;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * A shard to be attacked. It reads the job's secret from its first line of input, tells its port, answers each further
 * line with what it uses, and ends when its input does. Its argument is the only directory that it saves to.
 */
final class FuzzedShard {
    /** The generation that serves. */
    static final long GENERATION = 7;

    /** The generation of a standby that the process has besides. */
    static final long STANDBY = 9;

    /** What attackers aim at. */
    static final RangeSet TARGET = RangeSet.of(0, 128);

    /** Vectors that there may be. */
    static final int MOST_VECTORS = 5;

    /** Out of their reach: none of their numbers comes near. */
    static final RangeSet SANCTUARY = RangeSet.of(0x5a5a_1234_a5a5L, 0x5a5a_1234_a5a5L + 300);

    private FuzzedShard() {}

    /**
     * What the process uses after a garbage collection.
     *
     * @param heap bytes
     * @param direct bytes of direct buffers
     * @param threads threads
     * @param connections connections open
     */
    record Usage(long heap, long direct, int threads, int connections) {
        static Usage parse(String line) {
            String[] words = line.split(" ", -1);
            return new Usage(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]));
        }

        private static Usage now(ThriftServer server) {
            for (int i = 0; i < 2; i++) {
                ManagementFactory.getMemoryMXBean().gc();
            }
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            return new Usage(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    direct,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    server.connections());
        }

        private String line() {
            return heap + " " + direct + " " + threads + " " + connections;
        }
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        JobSecret secret = JobSecret.of(HexFormat.of().parseHex(in.readLine()));
        List<Range> held = List.of(TARGET.ranges().get(0), SANCTUARY.ranges().get(0));
        ParameterShard shard = shard(GENERATION, RangeSet.of(held));
        StandbyShard standby = shard(STANDBY, TARGET).follow();
        try (ThriftServer server = new ThriftServer(
                "fuzzed",
                InetAddress.getLoopbackAddress(),
                0,
                new ShardService(shard, saver(arguments[0]), standby).methods(),
                WireLimits.standard(),
                WireSecurity.of(secret))) {
            server.start();
            out.println(server.address().getPort());
            while (in.readLine() != null) {
                out.println(Usage.now(server).line());
            }
        }
    }

    private static ParameterShard shard(long generation, RangeSet held) {
        return new ParameterShard(
                0,
                generation,
                held,
                new Holdings(new Momentum(1, 0), Pacing.asynchronous(), MOST_VECTORS),
                VersionedRate.constant(),
                Duration.ofSeconds(5),
                ShardKernels.best());
    }

    /** The one of real shards; but mutated paths are only parsed, as they may be anywhere. */
    private static ShardSaver saver(String allowed) {
        ShardSaver files = new VectorFiles(new Configuration()).saver("fuzz");
        return (shard, directory, vectors) -> {
            Path path = new Path(directory);
            if (!allowed.equals(directory)) {
                throw new IOException("expected " + allowed + ", found " + path);
            }
            return files.save(shard, directory, vectors);
        };
    }
}
