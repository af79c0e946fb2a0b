package org.distbelief.paramserver.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
import org.distbelief.paramserver.membership.ShardRegistration;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.Holdings;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardMemory;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.standby.Leading;
import org.distbelief.paramserver.standby.Registration;
import org.distbelief.paramserver.standby.StandbyKeeper;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.ThriftStandbyClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one parameter shard. Reads {@value ShardPlan#FILE} and {@value #JOB_FILE} in its working directory,
 * initialises or restores its vectors, serves on a free port, registers in ZooKeeper, and goes on until SIGTERM or
 * until its session is lost or another process has taken its place. A standby is filled by the process that serves,
 * follows it, and serves when that one is gone. A reason to end stands in one line on the standard error stream; see
 * {@link ProcessExit}.
 */
public final class ShardProcess {
    /** Name of the job file in the working directory. */
    public static final String JOB_FILE = "job.yaml";

    private static final Logger LOG = LoggerFactory.getLogger(ShardProcess.class);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A standby that is silent for longer is done without; pushes wait for it until then. */
    private static final Duration STANDBY_SILENCE = Duration.ofSeconds(10);

    /** How often a standby looks whether the process that it follows is still there, besides when it hears so. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** How long a shard must be without anybody who serves it before a standby that can't take over gives up. */
    private static final Duration UNMARKED_FOR = Duration.ofSeconds(1);

    private static final int FEWEST_CONNECTIONS = 256;
    private static final int CONNECTIONS_PER_PARTITION = 8;

    private final ShardArguments arguments;
    private final Path workingDirectory;
    private final CountDownLatch fenced = new CountDownLatch(1);
    private final AtomicReference<String> reason = new AtomicReference<>("");

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
        Holdings holdings = Holdings.of(job);
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
            registry.onSessionLost(() -> fence("its ZooKeeper session at " + arguments.zookeeper()
                    + " was lost, so that another process may take the shard over"));
            registry.onShardGone(
                    arguments.shard(),
                    arguments.generation(),
                    () -> fence("its registration in ZooKeeper is void: another process takes the shard over"));
            ParameterShard shard = allocate(plan.shards().ranges(arguments.shard()), holdings, rate);
            StandbyShard standby = arguments.standby() ? shard.follow() : null;
            if (standby == null) {
                fill(shard, plan);
            }
            try (ThriftServer server = server(shard, standby, job, security)) {
                ShardAddress address = new ShardAddress(
                        shard.index(), arguments.bind(), server.address().getPort(), shard.generation());
                ShardRegistration registration = registry.registration(address, shard.ranges());
                Leading leading = new Leading(shard.index(), shard.generation(), shard.source());
                StandbyKeeper keeper = keeper(registry, registration, leading, security);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(shard, keeper, registry, server), "stop"));
                server.start();
                if (standby != null) {
                    register(registration::follow);
                    LOG.info("Ready: {} is a standby", address);
                    takeOver(registry, registration, standby, leading);
                } else {
                    if (job.shards().replication() > 1) {
                        shard.tell(leading);
                    }
                    register(() -> registration.serve(job.cluster().silenceTimeout()));
                }
                LOG.info(
                        "Ready: {} holds {} parameters, version {}, {}",
                        address,
                        shard.ranges().size(),
                        shard.version(),
                        standby != null
                                ? "taken over"
                                : arguments
                                        .restore()
                                        .map(d -> "restored from " + d)
                                        .orElse("initialised"));
                serve(job.shards().replication() > 1, shard, leading, keeper);
            }
        }
        throw replaced();
    }

    private void serve(boolean replicated, ParameterShard shard, Leading leading, StandbyKeeper keeper)
            throws InterruptedException {
        try (keeper) {
            if (replicated) {
                keeper.start();
            }
            fenced.await();
            shard.retire();
            leading.stop();
        }
    }

    private StandbyKeeper keeper(
            Registry registry, ShardRegistration registration, Leading leading, WireSecurity security) {
        WireLimits limits =
                WireLimits.standard().withTimeouts(WireLimits.standard().idle(), STANDBY_SILENCE);
        return new StandbyKeeper(
                arguments.shard(),
                arguments.generation(),
                leading,
                registry.standbys(),
                standby -> new ThriftStandbyClient(standby, limits, security),
                registration,
                () -> fence("its standby has taken the shard over"));
    }

    /** Follows until the process that serves is gone, and takes its place; or throws where it can't. */
    private void takeOver(Registry registry, ShardRegistration registration, StandbyShard standby, Leading leading)
            throws ShardFailure, InterruptedException {
        while (!fenced.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            requireNoneLater(registry);
            // Before the first link there may be nobody yet.
            if (standby.follows() == 0 || !registry.awaitUnserved(arguments.shard(), LOOK)) {
                continue;
            }
            switch (promotion(registration)) {
                case PROMOTED -> {
                    standby.promote(leading);
                    return;
                }
                case SERVED -> LOG.info("Another process has registered, or the mark has changed: looking again");
                case UNMARKED -> {
                    if (fenced.await(UNMARKED_FOR.toMillis(), TimeUnit.MILLISECONDS)
                            || promotion(registration) != Registration.Promotion.UNMARKED) {
                        // Whoever serves next is just about to register.
                        continue;
                    }
                    throw new ShardFailure(
                            ProcessExit.REPLACED,
                            "the process that served shard " + arguments.shard() + ", generation " + standby.follows()
                                    + ", is gone, and this standby does not hold everything that it has acknowledged:"
                                    + " it can't take over");
                }
                case GONE ->
                    throw new ShardFailure(
                            ProcessExit.REPLACED,
                            "the standby of shard " + arguments.shard() + ", generation " + arguments.generation()
                                    + ", is not registered any more: another process has taken its place");
            }
        }
        throw replaced();
    }

    /** It can't follow a process that was started later. */
    private void requireNoneLater(Registry registry) throws ShardFailure, InterruptedException {
        try {
            ShardAddress serving = registry.directory().find(arguments.shard(), Duration.ZERO);
            if (serving.generation() > arguments.generation()) {
                throw new ShardFailure(
                        ProcessExit.REPLACED,
                        "expected to follow a process that was started earlier, found " + serving
                                + "; this standby is not needed any more");
            }
        } catch (IOException e) {
            LOG.debug("Nobody serves shard {} now", arguments.shard(), e);
        }
    }

    /** Asks until it is known: it may have taken over without having heard so. */
    private Registration.Promotion promotion(ShardRegistration registration) throws ShardFailure, InterruptedException {
        while (!fenced.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                return registration.promote();
            } catch (IOException e) {
                LOG.warn("It is not known whether this standby has taken over: asking again", e);
            }
        }
        throw replaced();
    }

    private void fence(String why) {
        reason.compareAndSet("", why);
        fenced.countDown();
    }

    private ShardFailure replaced() {
        return new ShardFailure(
                ProcessExit.REPLACED,
                "shard " + arguments.shard() + ", generation " + arguments.generation() + " has stopped serving: "
                        + reason.get());
    }

    /** Nothing that follows from the end of connections is told to the standby: the keeper ends first. */
    private void stop(ParameterShard shard, StandbyKeeper keeper, Registry registry, ThriftServer server) {
        LOG.info("Shard {}, generation {}: stopping", arguments.shard(), arguments.generation());
        shard.retire();
        keeper.close();
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

    private void fill(ParameterShard shard, ShardPlan plan) throws ShardFailure {
        if (arguments.restore().isEmpty()) {
            shard.initialise(plan.layout(), plan.seed());
            return;
        }
        try {
            VectorFiles.ofClassPath()
                    .restore(arguments.restore().get(), shard, plan.layout().size(), arguments.znode());
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, "cannot restore: " + e.getMessage(), e);
        }
    }

    private ParameterShard allocate(RangeSet ranges, Holdings holdings, VersionedRate rate) throws ShardFailure {
        ShardKernels kernels = ShardKernels.best();
        LOG.info("Updates are applied by {}", kernels.description());
        try {
            return new ParameterShard(
                    arguments.shard(), arguments.generation(), ranges, holdings, rate, PATIENCE, kernels);
        } catch (OutOfMemoryError e) {
            long needed = ShardMemory.of(ranges.size(), holdings, 0).directBytes();
            throw new ShardFailure(
                    ProcessExit.USER_ERROR,
                    "shard " + arguments.shard() + " needs " + (needed >> 20) + " MiB of off-heap memory for "
                            + ranges.size() + " parameters under " + holdings.rule() + ", which it can't have: "
                            + e.getMessage()
                            + "; raise shards.memory or shards.count in the job file",
                    e);
        }
    }

    private ThriftServer server(
            ParameterShard shard, @Nullable StandbyShard standby, JobConfig job, WireSecurity security)
            throws ShardFailure {
        ShardSaver saver = VectorFiles.ofClassPath().saver(arguments.znode());
        ShardService service =
                standby == null ? new ShardService(shard, saver) : new ShardService(shard, saver, standby);
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

    @FunctionalInterface
    private interface Registering {
        void register() throws IOException;
    }

    private static void register(Registering registering) throws ShardFailure {
        try {
            registering.register();
        } catch (IOException e) {
            throw new ShardFailure(ProcessExit.TRANSIENT, e.getMessage() + "", e);
        }
    }
}
