package org.distbelief.appmaster.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.distbelief.appmaster.sandblaster.BatchPortion;
import org.distbelief.appmaster.sandblaster.BoardRules;
import org.distbelief.appmaster.sandblaster.CoordinatorLoop;
import org.distbelief.appmaster.sandblaster.Evaluations;
import org.distbelief.appmaster.sandblaster.MasterTalk;
import org.distbelief.appmaster.sandblaster.Sample;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.container.bench.SandblasterTask;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.container.master.Standing;
import org.distbelief.container.wire.CoordinatorProcessor;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.bench.VectorShardProcess;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * The coordinator for {@code bench sandblaster}, with a master of its own in place of ZooKeeper and the
 * ApplicationMaster. Arguments: the shards' ports, how many replicas, and iterations; it reads the connections' secret,
 * tells its port, then {@link IterationFigures} after each iteration, and ends when its input does.
 */
public final class SandblasterCoordinatorProcess {
    /** What stands before the port. */
    static final String PORT = "port ";

    /** What stands before the figures. */
    static final String ITERATION = "iteration ";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration BOUND = Duration.ofSeconds(30);

    private SandblasterCoordinatorProcess() {}

    /** Leads. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        WireSecurity security = WireSecurity.of(JobSecret.of(HexFormat.of().parseHex(in.readLine())));
        int[] ports = Arrays.stream(arguments[0].split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        List<ReplicaPlace> replicas = IntStream.range(0, Integer.parseInt(arguments[1]))
                .mapToObj(replica -> new ReplicaPlace(replica, 1, "here"))
                .toList();
        SandblasterTask task = new SandblasterTask(Integer.parseInt(arguments[2]));
        SandblasterConfig config = task.description().jobFile().config().sandblaster();
        Evaluations evaluations =
                new Evaluations(BoardRules.of(config), () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        ProgramCounts counts = new ProgramCounts();
        BenchmarkDesk desk =
                new BenchmarkDesk(replicas, come -> out.println(ITERATION + figures(come, counts, evaluations)));
        try (ThriftServer server = new ThriftServer(
                        "coordinator",
                        InetAddress.getLoopbackAddress(),
                        0,
                        new CoordinatorProcessor(evaluations).methods(),
                        WireLimits.standard(),
                        security);
                MasterTalk master = new MasterTalk(
                        desk,
                        0,
                        1,
                        () -> true,
                        () -> "",
                        reply -> evaluations.replicas(reply.replicas()),
                        BOUND,
                        System::nanoTime)) {
            server.start();
            out.println(PORT + server.address().getPort());
            master.start();
            new CoordinatorLoop(
                            config,
                            new Sample(portions(task), config.batch(), 1),
                            1,
                            "benchmark",
                            term -> new CountedAlgebra(algebra(task, ports, security, term), counts),
                            evaluations,
                            master,
                            term -> {},
                            BOUND,
                            System::nanoTime)
                    .run();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static String figures(Standing come, ProgramCounts counts, Evaluations evaluations) {
        try {
            return JSON.writeValueAsString(new IterationFigures(
                    come.iteration(),
                    System.nanoTime(),
                    come.examples(),
                    counts.programs(),
                    counts.bytes(),
                    come.loss(),
                    evaluations.figures().examplesPerSecond()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<BatchPortion> portions(SandblasterTask task) {
        return task.data().split().portions().stream()
                .map(portion -> new BatchPortion(portion.id(), portion.examples(), List.of()))
                .toList();
    }

    private static ShardedAlgebra algebra(SandblasterTask task, int[] ports, WireSecurity security, long term) {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return new ShardedAlgebra(
                ShardMap.of(task.description().layout(), ports.length),
                (shard, wait) -> new ShardAddress(shard, host, ports[shard], VectorShardProcess.GENERATION),
                ThriftShardClient.connector(WireLimits.standard(), security),
                BOUND,
                term);
    }
}
