package org.distbelief.paramserver.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * A shard of a job, as its job file wants it, for benchmarks: without ZooKeeper and standby. Its arguments are its
 * number and how many shards there are. It reads three lines, the connections' secret, the job file and the model's
 * layout, both in JSON; tells its port, and ends when its input does.
 */
public final class VectorShardProcess {
    /** The generation that serves. */
    public static final long GENERATION = 1;

    private static final String PORT = "port ";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private VectorShardProcess() {}

    /** Serves. */
    public static void main(String[] arguments) throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JobSecret secret = JobSecret.of(HexFormat.of().parseHex(in.readLine()));
        JobConfig job = JobFile.read("benchmark", json.readValue(in.readLine(), String.class), List.of())
                .config();
        ParameterLayout layout = json.readValue(in.readLine(), ParameterLayout.class);
        int index = Integer.parseInt(arguments[0]);
        ShardMap map = ShardMap.of(layout, Integer.parseInt(arguments[1]));
        ParameterShard shard = new ParameterShard(
                index,
                GENERATION,
                map.ranges(index),
                Holdings.of(job),
                VersionedRate.constant(),
                PATIENCE,
                ShardKernels.best());
        shard.initialise(layout, job.seed());
        ShardService service = new ShardService(shard, (saved, directory, vectors) -> {
            throw new IOException("nothing is saved here");
        });
        try (ThriftServer server = new ThriftServer(
                "bench",
                InetAddress.getLoopbackAddress(),
                0,
                service.methods(),
                WireLimits.standard(),
                WireSecurity.of(secret))) {
            server.start();
            new PrintStream(System.out, true, StandardCharsets.UTF_8)
                    .println(PORT + server.address().getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** A shard for a benchmark. */
    public static final class Running implements AutoCloseable {
        private final PinnedProcess process;
        private final int port;

        /**
         * Starts one.
         *
         * @param processors as {@link PinnedProcess#start} has them
         * @param job the job file
         */
        public Running(String processors, JobSecret secret, String job, ParameterLayout layout, int index, int shards)
                throws IOException {
            JsonMapper json = JsonMapper.builder().build();
            process = PinnedProcess.start(
                    processors, 1024, VectorShardProcess.class, Integer.toString(index), Integer.toString(shards));
            process.tell(HexFormat.of().formatHex(secret.bytes()));
            process.tell(json.writeValueAsString(job));
            process.tell(json.writeValueAsString(layout));
            port = Integer.parseInt(process.expect(PORT));
        }

        /** Where the shard serves those who have the secret. */
        public int port() {
            return port;
        }

        @Override
        public void close() throws IOException {
            process.close();
        }
    }
}
