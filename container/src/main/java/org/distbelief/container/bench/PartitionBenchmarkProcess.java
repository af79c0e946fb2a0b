package org.distbelief.container.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.NoNeighbours;
import org.distbelief.container.exchange.ReplicaIdentity;
import org.distbelief.container.exchange.SocketNeighbours;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;

/**
 * One partition of a measured replica, in a process of its own with one thread of computation. Arguments: the number of
 * the net (-1 for the messages alone), that of the partition, the number of partitions, seconds, and whether to measure
 * the layers, too. It tells its port on the standard output, reads all ports and the secret of the benchmark, in
 * hexadecimal digits, from two lines of the standard input, and partition 0 tells the {@link Result} in a line of JSON.
 */
public final class PartitionBenchmarkProcess {
    static final String PORT = "port ";
    static final String RESULT = "result ";
    private static final Duration BOUND = Duration.ofMinutes(2);

    private PartitionBenchmarkProcess() {}

    /**
     * What was measured.
     *
     * @param milliseconds median of a step; 0 where messages were measured
     * @param steps how many steps
     * @param layers in one piece; empty where they were not measured
     * @param link what messages cost; null where there are none
     */
    record Result(
            double milliseconds,
            int steps,
            List<LayerTime> layers,
            @org.jspecify.annotations.Nullable LinkTime link) {}

    /** Measures and ends. */
    public static void main(String[] arguments) throws Exception {
        int[] numbers =
                Arrays.stream(arguments).limit(3).mapToInt(Integer::parseInt).toArray();
        double seconds = Double.parseDouble(arguments[3]);
        boolean layers = Boolean.parseBoolean(arguments[4]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Neighbours neighbours = connect(numbers[1], numbers[2], out);
                Kernels kernels = Kernels.best(1)) {
            Result result = numbers[0] < 0
                    ? new Result(0, 0, List.of(), LinkTime.measure(neighbours))
                    : measure(BenchmarkNet.partitioned().get(numbers[0]), neighbours, kernels, seconds, layers);
            if (neighbours.partition() == 0) {
                out.println(RESULT + JsonMapper.builder().build().writeValueAsString(result));
            }
        }
    }

    private static Neighbours connect(int self, int partitions, PrintStream out)
            throws IOException, InterruptedException {
        if (partitions == 1) {
            return NoNeighbours.ALONE;
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (SocketNeighbours.Port port = new SocketNeighbours.Port(loopback);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            out.println(PORT + port.number());
            String line = in.readLine();
            String secret = in.readLine();
            if (line == null || secret == null) {
                throw new IOException("expected the ports of all partitions and the benchmark's secret on the standard"
                        + " input, found its end");
            }
            int[] ports = Arrays.stream(line.split(" ", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return SocketNeighbours.connect(
                    new ReplicaIdentity(0, 1, partitions, 0),
                    self,
                    port,
                    (other, bound) -> new InetSocketAddress(loopback, ports[other]),
                    WireSecurity.of(JobSecret.of(HexFormat.of().parseHex(secret))),
                    BOUND,
                    BOUND,
                    BOUND);
        }
    }

    private static Result measure(
            BenchmarkNet net, Neighbours neighbours, Kernels kernels, double seconds, boolean layers) {
        PartitionPlan plan = PartitionPlan.of(net.model(), neighbours.partitions());
        ModelReplica replica = ModelReplica.forTraining(plan, neighbours, kernels, net.batch(), 1);
        replica.parameters().initialise(net.model(), 1);
        MiniBatch batch = replica.newBatch();
        if (neighbours.partition() > 0) {
            while (replica.awaitOrder(batch).argument() == 0) {
                replica.descend(batch, 1e-4f);
            }
            return new Result(0, 0, List.of(), null);
        }
        Random random = new Random(1);
        batch.fill(net.batch(), (example, into) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = (float) random.nextGaussian();
            }
            return random.nextInt(net.classes());
        });
        Timing timing = Timing.of(seconds, () -> {}, () -> replica.descend(batch, 1e-4f));
        if (neighbours.partitions() > 1) {
            replica.order(1);
        }
        List<LayerTime> times = layers ? LayerTime.measure(net.model(), kernels, net.batch(), seconds / 10) : List.of();
        return new Result(timing.milliseconds(), timing.runs(), times, null);
    }
}
