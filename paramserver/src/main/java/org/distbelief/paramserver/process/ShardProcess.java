package org.distbelief.paramserver.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.ProcessExit;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardMemory;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one parameter shard. Reads {@value ShardPlan#FILE} and {@value #JOB_FILE} in its working directory,
 * initialises or restores its vectors, serves on a free port, registers in ZooKeeper, and goes on until SIGTERM or
 * until its session is lost. A reason to end stands in one line on the standard error stream; see {@link ProcessExit}.
 */
public final class ShardProcess {
    /** Name of the job file in the working directory. */
    public static final String JOB_FILE = "job.yaml";

    private static final Logger LOG = LoggerFactory.getLogger(ShardProcess.class);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int FEWEST_CONNECTIONS = 256;
    private static final int CONNECTIONS_PER_PARTITION = 8;

    private final ShardArguments arguments;
    private final Path workingDirectory;
    private final CountDownLatch fenced = new CountDownLatch(1);

    ShardProcess(ShardArguments arguments, Path workingDirectory) {
        this.arguments = arguments;
        this.workingDirectory = workingDirectory;
    }

    /** Runs a shard; never returns normally. */
    public static void main(String[] args) {
        ProcessExit status;
        try {
            new ShardProcess(ShardArguments.parse(args), Path.of("")).run();
            status = ProcessExit.INTERNAL;
        } catch (ShardFailure e) {
            LOG.error("The shard cannot go on", e);
            System.err.println("shard: " + e.getMessage());
            status = e.status();
        } catch (IllegalArgumentException | JobFileException e) {
            System.err.println("shard: " + e.getMessage());
            status = ProcessExit.USER_ERROR;
        } catch (InterruptedException | RuntimeException | Error e) {
            LOG.error("The shard has failed", e);
            System.err.println("shard: " + e);
            status = ProcessExit.INTERNAL;
        }
        System.exit(status.code());
    }

    /** Serves until the process is stopped from outside, or throws. */
    void run() throws ShardFailure, InterruptedException {
        ShardPlan plan = plan();
        JobConfig job = job();
        UpdateRule rule = UpdateRuleType.find(job.downpour().update());
        VersionedRate rate = VersionedRate.of(job.downpour());
        if (arguments.shard() >= plan.shards().shards()) {
            throw new ShardFailure(
                    ProcessExit.USER_ERROR,
                    "--shard: expected less than " + plan.shards().shards() + ", found " + arguments.shard());
        }
        JobKeys keys = keys();
        WireSecurity security = keys.wire(job.security().encrypt());
        // Whoever takes the shard over must be the only one who serves it: the server is closed before anything else.
        try (Registry registry = registry(job, keys)) {
            registry.onSessionLost(fenced::countDown);
            ParameterShard shard = shard(plan, rule, rate, Pacing.of(job));
            try (ThriftServer server = server(shard, job, security)) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(registry, server), "stop"));
                server.start();
                register(registry, shard, server);
                fenced.await();
            }
        }
        throw new ShardFailure(
                ProcessExit.REPLACED,
                "shard " + arguments.shard() + ", generation " + arguments.generation()
                        + " has stopped serving: its ZooKeeper session at " + arguments.zookeeper()
                        + " was lost, so that another process may take the shard over");
    }

    private void stop(Registry registry, ThriftServer server) {
        LOG.info("Shard {}, generation {}: stopping", arguments.shard(), arguments.generation());
        registry.close();
        server.close();
    }

    private static JobKeys keys() throws ShardFailure {
        try {
            return JobKeys.ofThisProcess();
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, "cannot read its credentials: " + e.getMessage(), e);
        }
    }

    private ShardPlan plan() throws ShardFailure {
        try {
            return ShardPlan.fromJson(ShardPlan.FILE, text(ShardPlan.FILE));
        } catch (IllegalArgumentException e) {
            throw new ShardFailure(ProcessExit.USER_ERROR, e.getMessage() + "", e);
        }
    }

    private JobConfig job() throws ShardFailure {
        return JobFile.read(JOB_FILE, text(JOB_FILE), List.of()).config();
    }

    private String text(String file) throws ShardFailure {
        try {
            return Files.readString(workingDirectory.resolve(file));
        } catch (IOException e) {
            throw new ShardFailure(
                    ProcessExit.USER_ERROR, "expected the file " + file + " in the working directory: " + e, e);
        }
    }

    private Registry registry(JobConfig job, JobKeys keys) throws ShardFailure, InterruptedException {
        try {
            return Registry.connect(
                    arguments.zookeeper(),
                    arguments.znode(),
                    keys.secret(),
                    job.cluster().silenceTimeout(),
                    ZOOKEEPER);
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, e.getMessage() + "", e);
        }
    }

    private ParameterShard shard(ShardPlan plan, UpdateRule rule, VersionedRate rate, Pacing pacing)
            throws ShardFailure {
        RangeSet ranges = plan.shards().ranges(arguments.shard());
        ParameterShard shard = allocate(ranges, rule, rate, pacing);
        if (arguments.restore().isEmpty()) {
            shard.initialise(plan.layout(), plan.seed());
            return shard;
        }
        try {
            VectorFiles.ofClassPath()
                    .restore(arguments.restore().get(), shard, plan.layout().size(), arguments.znode());
            return shard;
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, "cannot restore: " + e.getMessage(), e);
        }
    }

    private ParameterShard allocate(RangeSet ranges, UpdateRule rule, VersionedRate rate, Pacing pacing)
            throws ShardFailure {
        ShardKernels kernels = ShardKernels.best();
        LOG.info("Updates are applied by {}", kernels.description());
        try {
            return new ParameterShard(
                    arguments.shard(), arguments.generation(), ranges, rule, rate, PATIENCE, kernels, pacing);
        } catch (OutOfMemoryError e) {
            long needed = ShardMemory.of(ranges.size(), rule, pacing, 0).directBytes();
            throw new ShardFailure(
                    ProcessExit.USER_ERROR,
                    "shard " + arguments.shard() + " needs " + (needed >> 20) + " MiB of off-heap memory for "
                            + ranges.size() + " parameters under " + rule + ", which it can't have: " + e.getMessage()
                            + "; raise shards.memory or shards.count in the job file",
                    e);
        }
    }

    private ThriftServer server(ParameterShard shard, JobConfig job, WireSecurity security) throws ShardFailure {
        ShardService service = new ShardService(shard, VectorFiles.ofClassPath().saver(arguments.znode()));
        try {
            return new ThriftServer(
                    "shard-" + shard.index(),
                    InetAddress.getByName(arguments.bind()),
                    0,
                    service.methods(),
                    WireLimits.standard()
                            .withConnections(FEWEST_CONNECTIONS
                                    + CONNECTIONS_PER_PARTITION
                                            * job.replicas().count()
                                            * job.replicas().partitions()),
                    security,
                    service.connections());
        } catch (UnknownHostException e) {
            throw new ShardFailure(
                    ProcessExit.USER_ERROR,
                    "--bind: expected a name or address of this node, found " + arguments.bind(),
                    e);
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, e.getMessage() + "", e);
        }
    }

    private void register(Registry registry, ParameterShard shard, ThriftServer server) throws ShardFailure {
        ShardAddress address = new ShardAddress(
                shard.index(), arguments.bind(), server.address().getPort(), shard.generation());
        try {
            registry.register(address, shard.ranges());
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, e.getMessage() + "", e);
        }
        LOG.info(
                "Ready: {} holds {} parameters, version {}, {}",
                address,
                shard.ranges().size(),
                shard.version(),
                arguments.restore().map(d -> "restored from " + d).orElse("initialised"));
    }
}
