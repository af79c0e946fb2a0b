package org.distbelief.container.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.exchange.NoNeighbours;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.LeaseBook;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.container.sandblaster.SandblasterSettings;
import org.distbelief.container.sandblaster.SandblasterWorker;
import org.distbelief.container.sandblaster.ShardPush;
import org.distbelief.container.wire.ThriftCoordinator;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.bench.VectorShardProcess;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * A replica of Sandblaster for {@code bench sandblaster}, as a job runs it, but with the data in memory and a master of
 * its own. Arguments: its number, its threads, the coordinator's port, and the shards' ports; it reads their secret.
 * Whenever it is told something, it says what it has done so far; it ends when its input does.
 */
public final class SandblasterReplicaProcess {
    /** What stands before {@link Done}. */
    public static final String DONE = "done ";

    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration BEAT = Duration.ofMillis(200);
    private static final int MASTER_MILLIS = 200;

    private SandblasterReplicaProcess() {}

    /**
     * What a replica has done.
     *
     * @param examples whose gradients it has computed
     * @param computing nanoseconds in which it computed gradients
     * @param waiting nanoseconds in which it waited for the coordinator or for data
     * @param fetching nanoseconds in which it fetched points
     */
    public record Done(long examples, long computing, long waiting, long fetching) {
        /** What two of them have done together. */
        public Done plus(Done other) {
            return new Done(
                    examples + other.examples,
                    computing + other.computing,
                    waiting + other.waiting,
                    fetching + other.fetching);
        }
    }

    /** Computes. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        WireSecurity security = WireSecurity.of(JobSecret.of(HexFormat.of().parseHex(in.readLine())));
        ProgressMeter meter = new ProgressMeter();
        AtomicBoolean over = new AtomicBoolean();
        Thread talk = new Thread(() -> talk(in, meter, over), "talk");
        talk.setDaemon(true);
        talk.start();
        int replica = Integer.parseInt(arguments[0]);
        int port = Integer.parseInt(arguments[2]);
        SandblasterTask task = new SandblasterTask(1);
        ShardMap map = ShardMap.of(task.description().layout(), arguments[3].split(",", -1).length);
        try (Kernels kernels = Kernels.best(Integer.parseInt(arguments[1]));
                ShardedParameters shards = shards(map, arguments[3], security);
                ShardPush push = new ShardPush(shards, new PushSource(replica, 0, 1))) {
            ThriftCoordinator coordinator = new ThriftCoordinator(
                    () -> InetSocketAddress.createUnresolved(host(), port), CONNECT, WireLimits.standard(), security);
            compute(task, replica, kernels, shards, push, coordinator, meter, over);
        }
    }

    private static void compute(
            SandblasterTask task,
            int number,
            Kernels kernels,
            ShardedParameters shards,
            ShardPush push,
            ThriftCoordinator coordinator,
            ProgressMeter meter,
            AtomicBoolean over)
            throws Exception {
        SandblasterConfig config = task.description().jobFile().config().sandblaster();
        RandomSpeech data = task.data();
        ReplicaOrders orders = ReplicaOrders.coordinated();
        ModelReplica replica = ModelReplica.withOneCopy(
                PartitionPlan.of(task.description().model(), 1),
                NoNeighbours.ALONE,
                kernels,
                config.miniBatch(),
                number);
        try (PortionCache cache = new PortionCache(
                        data,
                        data.split(),
                        new BlockDecoder(task.description(), data.manifest()),
                        config.cacheBytes());
                MasterLink link = new MasterLink(
                        master(over),
                        new LeaseBook(number, 1),
                        meter,
                        orders::wanted,
                        orders,
                        BOUND,
                        System::nanoTime);
                SandblasterWorker worker = new SandblasterWorker(
                        new SandblasterSettings(number, 1, BEAT, BOUND),
                        replica,
                        cache,
                        shards,
                        push,
                        coordinator,
                        orders,
                        link,
                        meter,
                        null)) {
            link.start();
            worker.run();
        }
    }

    private static Master master(AtomicBoolean over) {
        return new Master() {
            @Override
            public Reply exchange(Report report) {
                return new Reply(over.get() ? Phase.FINISH : Phase.TRAIN, List.of(), MASTER_MILLIS, true);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    private static void talk(BufferedReader in, ProgressMeter meter, AtomicBoolean over) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            while (in.readLine() != null) {
                Progress so = meter.progress();
                out.println(DONE
                        + JsonMapper.builder()
                                .build()
                                .writeValueAsString(
                                        new Done(so.examples(), so.computeNanos(), so.waitNanos(), so.fetchNanos())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            over.set(true);
        }
    }

    private static String host() {
        return InetAddress.getLoopbackAddress().getHostAddress();
    }

    private static ShardedParameters shards(ShardMap map, String ports, WireSecurity security) {
        int[] all =
                Arrays.stream(ports.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        return new ShardedParameters(
                map,
                (shard, wait) -> new ShardAddress(shard, host(), all[shard], VectorShardProcess.GENERATION),
                ThriftShardClient.connector(WireLimits.standard(), security),
                BOUND);
    }
}
