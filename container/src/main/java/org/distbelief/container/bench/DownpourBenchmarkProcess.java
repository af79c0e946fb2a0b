package org.distbelief.container.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.distbelief.conf.Encoding;
import org.distbelief.container.downpour.DownpourLoop;
import org.distbelief.container.downpour.DownpourSettings;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.bench.ShardServerProcess;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * The worker of {@link DownpourBenchmark}, with one thread of computation. Arguments: nFetch and nPush (0 without
 * shards), seconds, and the shards' ports; it reads their secret, and tells the examples per second.
 */
public final class DownpourBenchmarkProcess {
    /** What stands before the result. */
    static final String RESULT = "result ";

    /** What is trained. */
    static final BenchmarkNet NET = BenchmarkNet.acoustic(128);

    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final double RATE = 1e-4;

    /**
     * Steps until the virtual machine has compiled what sends and receives, in the background on the same processor.
     */
    private static final int WARM_UP = 60;

    private DownpourBenchmarkProcess() {}

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        int interval = Integer.parseInt(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JobSecret secret = JobSecret.of(HexFormat.of().parseHex(in.readLine()));
        int every = Math.max(1, interval);
        DownpourSettings settings = new DownpourSettings(
                0,
                1,
                every,
                every,
                true,
                Encoding.FLOAT32,
                new Consistency.Asynchronous(),
                false,
                RATE,
                Optional.empty(),
                VersionedRate.constant(),
                0,
                BOUND);
        try (Kernels kernels = Kernels.best(1);
                ShardedParameters shards = interval == 0 ? null : shards(arguments[2], secret)) {
            double found = examples(settings, kernels, shards, seconds);
            new PrintStream(System.out, true, StandardCharsets.UTF_8).println(RESULT + found);
        }
    }

    private static double examples(
            DownpourSettings settings, Kernels kernels, @Nullable ShardedParameters shards, double seconds)
            throws Exception {
        ModelReplica replica = ModelReplica.forTraining(NET.model(), kernels, NET.batch(), 1);
        replica.parameters().initialise(NET.model(), 1);
        MiniBatch batch = replica.newBatch();
        Random random = new Random(1);
        batch.fill(NET.batch(), (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(NET.classes());
        });
        try (DownpourLoop loop = new DownpourLoop(settings, replica, shards)) {
            for (int i = 0; i < WARM_UP; i++) {
                loop.step(batch);
            }
            long start = System.nanoTime();
            long end = start;
            int steps = 0;
            for (; end - start < seconds * 1e9; end = System.nanoTime(), steps++) {
                loop.step(batch);
            }
            loop.finish();
            return (double) steps * NET.batch() / ((System.nanoTime() - start) * 1e-9);
        }
    }

    private static ShardedParameters shards(String ports, JobSecret secret) {
        int[] all =
                Arrays.stream(ports.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        ShardMap map = ShardMap.of(NET.model().layout(), all.length);
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return new ShardedParameters(
                map,
                (shard, wait) -> new ShardAddress(shard, host, all[shard], ShardServerProcess.GENERATION),
                ThriftShardClient.connector(WireLimits.standard(), WireSecurity.of(secret)),
                BOUND);
    }
}
