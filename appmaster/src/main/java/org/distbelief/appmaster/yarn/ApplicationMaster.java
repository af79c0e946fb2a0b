package org.distbelief.appmaster.yarn;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.hdfs.Checkpoints;
import org.distbelief.appmaster.hdfs.DataSplits;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.hdfs.ShardedJobStorage;
import org.distbelief.appmaster.hdfs.Staging;
import org.distbelief.appmaster.job.JobDriver;
import org.distbelief.appmaster.job.JobIdentity;
import org.distbelief.appmaster.job.JobOutcome;
import org.distbelief.appmaster.ledger.LeasablePortion;
import org.distbelief.appmaster.ledger.LedgerPosition;
import org.distbelief.appmaster.ledger.PortionLedger;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.RosterSettings;
import org.distbelief.appmaster.shards.ShardForgetter;
import org.distbelief.appmaster.shards.ShardSaver;
import org.distbelief.appmaster.shards.ShardWatch;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.web.StatusServer;
import org.distbelief.appmaster.work.SandblasterDesk;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.ExitStatus;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.container.master.MasterHandler;
import org.distbelief.container.wire.MasterProcessor;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.membership.MasterAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.process.JobKeys;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job's master process: reads what the client left, wires the parts together, runs the job, cleans up. */
public final class ApplicationMaster {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationMaster.class);
    private static final Duration ZOOKEEPER_SESSION = Duration.ofSeconds(15);
    private static final Duration ZOOKEEPER_BOUND = Duration.ofSeconds(30);
    private static final Duration SAVE_BOUND = Duration.ofMinutes(10);
    private static final int OTHER_CONNECTIONS = 64;
    /** Start numbers of one attempt begin here times the attempts before it. */
    private static final long STARTS_PER_ATTEMPT = 1_000_000;

    private final Configuration conf;
    private final ApplicationAttemptId attempt;
    private final String user;
    private final String host;
    private final JobFiles files;
    private final Staging staging;
    private final JobKeys keys;
    private final WireSecurity security;
    private final long started = System.currentTimeMillis();

    private ApplicationMaster(Configuration conf, ApplicationAttemptId attempt, String user, String host)
            throws IOException {
        this.conf = conf;
        this.attempt = attempt;
        this.user = user;
        this.host = host;
        this.files = JobFiles.read(Path.of(""));
        this.staging = Staging.of(conf, attempt.getApplicationId().toString());
        this.keys = JobKeys.ofThisProcess();
        this.security = keys.wire(files.config().security().encrypt());
    }

    /** Runs the job of the container that this process is in. */
    public static void main(String[] arguments) {
        int status = ExitStatus.INTERNAL;
        try {
            ContainerId container = ContainerId.fromString(environment(Environment.CONTAINER_ID));
            ApplicationMaster master = new ApplicationMaster(
                    new YarnConfiguration(),
                    container.getApplicationAttemptId(),
                    environment(Environment.USER),
                    environment(Environment.NM_HOST));
            status = master.run() ? ExitStatus.SUCCESS : ExitStatus.JOB_FAILED;
        } catch (Exception e) {
            LOG.error("The ApplicationMaster failed", e);
            System.err.println("ApplicationMaster: " + e);
        }
        System.exit(status);
    }

    private static String environment(Environment name) {
        String value = System.getenv(name.name());
        if (value == null) {
            throw new IllegalStateException("expected to run in a YARN container, but " + name + " is not set");
        }
        return value;
    }

    private boolean run() throws Exception {
        String znode = "/distbelief/" + attempt.getApplicationId();
        String zookeeper = ZooKeeperAddress.of(conf, files.config())
                .orElseThrow(() -> new IllegalStateException("no ZooKeeper address, though the client had one"));
        try (Registry registry =
                Registry.connect(zookeeper, znode, keys.secret(), ZOOKEEPER_SESSION, ZOOKEEPER_BOUND)) {
            JobOutcome outcome = run(registry, zookeeper, znode);
            try {
                registry.deleteAll();
            } catch (IOException e) {
                LOG.warn("The job's nodes in ZooKeeper could not be removed", e);
            }
            return outcome.state() == JobState.SUCCEEDED;
        }
    }

    private JobOutcome run(Registry registry, String zookeeper, String znode)
            throws IOException, YarnException, InterruptedException {
        JobConfig job = files.config();
        Work work = files.work();
        int shards = work.kind() == Work.Kind.TRAIN ? job.shards().count() : 0;
        DataSplits data = new DataSplits(conf, work.data());
        List<LeasablePortion> training =
                shards == 0 ? List.of() : data.portions(job.data().split());
        Optional<String> from = shards == 0 ? Optional.empty() : startFrom();
        boolean batches = shards > 0 && job.optimiser() == Optimiser.SANDBLASTER;
        SandblasterDesk sandblaster = batches
                ? new SandblasterDesk(
                        startOfSandblaster(from),
                        job.sandblaster().iterations(),
                        earlierStarts(),
                        System::currentTimeMillis)
                : null;
        WorkDesk desk = sandblaster != null
                ? new WorkDesk(sandblaster, evaluationLedger(data), System::currentTimeMillis)
                : new WorkDesk(
                        training.isEmpty() ? null : trainingLedger(training, from),
                        evaluationLedger(data),
                        new WarmStart(job.downpour().warmStart()),
                        System::currentTimeMillis);
        Roster roster = new Roster(
                new RosterSettings(
                        shards,
                        job.shards().replication(),
                        job.replicas().count(),
                        job.replicas().partitions(),
                        batches ? job.coordinators().count() : 0,
                        job.cluster().allocationTimeout(),
                        job.cluster().silenceTimeout(),
                        job.cluster().maxFailures()),
                earlierStarts());
        JobIdentity identity = new JobIdentity(attempt.getApplicationId().toString(), user, work, job, started);
        WireLimits limits = WireLimits.standard();
        ShardSaver saver = new ShardSaver(
                shards,
                registry.directory(),
                ThriftShardClient.connector(limits.withTimeouts(limits.idle(), SAVE_BOUND), security),
                SAVE_BOUND);
        ExecutorService storageThread = Executors.newSingleThreadExecutor(task -> new Thread(task, "storage"));
        try (ShardForgetter forgetter = new ShardForgetter(registrations(registry))) {
            JobDriver driver = new JobDriver(
                    identity,
                    roster,
                    desk,
                    new ShardedJobStorage(
                            conf,
                            new org.apache.hadoop.fs.Path(work.output()),
                            saver,
                            position -> vectors(job, position),
                            files.model(),
                            job.checkpoint().keep(),
                            System::currentTimeMillis),
                    storageThread,
                    DataSplits.bestHosts(training),
                    from,
                    forgetter,
                    System::currentTimeMillis);
            return serve(registry, zookeeper, znode, driver, processor(driver, desk, sandblaster), shards, limits);
        } finally {
            storageThread.shutdownNow();
        }
    }

    private static MasterProcessor processor(JobDriver driver, WorkDesk desk, @Nullable SandblasterDesk sandblaster) {
        MasterHandler replicas = report -> {
            driver.replicaHeard(report.replica(), report.incarnation());
            return desk.exchange(report);
        };
        if (sandblaster == null) {
            return new MasterProcessor(replicas);
        }
        return new MasterProcessor(replicas, report -> {
            driver.coordinatorHeard(report.coordinator(), report.start());
            return sandblaster.coordinate(report);
        });
    }

    private static ShardForgetter.Registrations registrations(Registry registry) {
        return new ShardForgetter.Registrations() {
            @Override
            public void forget(int shard, long start) throws IOException {
                registry.forget(shard, start);
            }

            @Override
            public void forgetStandby(int shard, long start) throws IOException {
                registry.forgetStandby(shard, start);
            }
        };
    }

    private JobOutcome serve(
            Registry registry,
            String zookeeper,
            String znode,
            JobDriver driver,
            MasterProcessor processor,
            int shards,
            WireLimits limits)
            throws IOException, YarnException, InterruptedException {
        List<String> names = shards == 0
                ? List.of(Staging.JAR, Staging.JOB, Staging.MODEL, Staging.LOGGING)
                : List.of(Staging.JAR, Staging.JOB, Staging.MODEL, Staging.SHARDS, Staging.LOGGING);
        LaunchContexts contexts = new LaunchContexts(conf, staging, names, ExtraFiles.of(conf));
        ContainerLauncher launcher = new ContainerLauncher(
                contexts, files.config(), files.work(), files.memory(), zookeeper, znode, () -> restoresFrom(driver));
        try (ThriftServer rpc = new ThriftServer(
                        "master",
                        InetAddress.getByName(host),
                        0,
                        processor.methods(),
                        limits.withConnections(OTHER_CONNECTIONS
                                + 2 * files.config().replicas().count()),
                        security);
                StatusServer web = new StatusServer(conf, host, driver::snapshot);
                ShardWatch watch = new ShardWatch(
                        shards,
                        registry.directory(),
                        files.config().shards().replication() > 1 ? Optional.of(registry.standbys()) : Optional.empty(),
                        ThriftShardClient.connector(
                                limits.withTimeouts(limits.idle(), Duration.ofSeconds(10)), security),
                        driver::shardHeard);
                AmRmGateway gateway = new AmRmGateway(
                        conf,
                        files.config(),
                        user,
                        launcher,
                        driver,
                        () -> driver.snapshot().progress())) {
            rpc.start();
            web.start();
            registry.register(new MasterAddress(host, rpc.address().getPort(), attempt.getAttemptId()));
            registry.onSessionLost(() -> driver.shutdown("the ZooKeeper session at " + zookeeper + " was lost", false));
            gateway.register(host, rpc.address().getPort(), "http://" + host + ":" + web.port() + "/");
            LOG.info("Watching {} shards: {}", shards, watch);
            JobOutcome outcome = driver.run(gateway);
            end(gateway, driver.snapshot(), outcome);
            return outcome;
        }
    }

    /** Tells YARN first: what fails after that must not make it run the job again. */
    private void end(AmRmGateway gateway, JobSnapshot last, JobOutcome outcome) throws IOException, YarnException {
        Optional<org.apache.hadoop.fs.Path> output = files.work().kind() == Work.Kind.TRAIN
                ? Optional.of(new org.apache.hadoop.fs.Path(files.work().output()))
                : Optional.empty();
        try {
            new HistoryStore(conf).write(last, output);
        } catch (IOException e) {
            LOG.error("The job's history could not be written", e);
        }
        FinalApplicationStatus status = switch (outcome.state()) {
            case SUCCEEDED -> FinalApplicationStatus.SUCCEEDED;
            case KILLED -> FinalApplicationStatus.KILLED;
            default -> FinalApplicationStatus.FAILED;
        };
        gateway.unregister(status, outcome.message(), "");
        try {
            staging.delete();
        } catch (IOException e) {
            LOG.warn("The staging directory {} could not be removed", staging, e);
        }
    }

    /** The parameters and the optimiser's state. */
    private static List<VectorName> vectors(JobConfig job, TrainingPosition position) {
        if (position instanceof SandblasterPosition sandblaster) {
            return sandblaster
                    .come()
                    .map(come -> come.vectors().stream().map(VectorName::new).toList())
                    .orElse(List.of(VectorName.PARAMETERS));
        }
        List<VectorName> vectors = new ArrayList<>(List.of(VectorName.PARAMETERS));
        UpdateRuleType.find(job.downpour().update()).state().forEach(state -> vectors.add(state.name()));
        return vectors;
    }

    private PortionLedger trainingLedger(List<LeasablePortion> portions, Optional<String> from) throws IOException {
        JobConfig job = files.config();
        PortionLedger ledger = new PortionLedger(
                portions, job.downpour().epochs(), job.replicas().count(), job.seed());
        if (position(from).orElse(null) instanceof LedgerPosition position) {
            ledger.restore(position);
            LOG.info("Going on from {}", position);
        }
        return ledger;
    }

    /** The position of the checkpoint to begin from, or the beginning where another optimiser has taken it. */
    private SandblasterPosition startOfSandblaster(Optional<String> from) throws IOException {
        return position(from).orElse(null) instanceof SandblasterPosition position
                ? position
                : SandblasterPosition.START;
    }

    /** Start numbers and terms that earlier attempts may have used. */
    private long earlierStarts() {
        return (attempt.getAttemptId() - 1) * STARTS_PER_ATTEMPT;
    }

    private Optional<TrainingPosition> position(Optional<String> name) throws IOException {
        return name.isPresent() ? Optional.of(checkpoints().position(name.get())) : Optional.empty();
    }

    private @Nullable PortionLedger evaluationLedger(DataSplits data) throws IOException {
        JobConfig job = files.config();
        String split = job.evaluation().split();
        if (!job.evaluation().enabled() || !data.has(split)) {
            return null;
        }
        return new PortionLedger(data.portions(split), 1, job.replicas().count(), job.seed());
    }

    /** The checkpoint to begin from: the one asked for, or an earlier attempt's newest. */
    private Optional<String> startFrom() throws IOException {
        Optional<String> newest = checkpoints().newest();
        return attempt.getAttemptId() > 1 || newest.isEmpty()
                ? newest
                : Optional.ofNullable(files.work().resume());
    }

    private Checkpoints checkpoints() throws IOException {
        return new Checkpoints(conf, new org.apache.hadoop.fs.Path(files.work().output()));
    }

    private Optional<String> restoresFrom(JobDriver driver) {
        try {
            Checkpoints all = checkpoints();
            return driver.restoresFrom().map(name -> all.path(name).toString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
