package org.distbelief.container.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.process.JobKeys;
import org.distbelief.paramserver.security.WireSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one model replica, or of one of its partitions, of which the first speaks with the master and leads
 * the others. Reads {@value ModelDescription#FILE_NAME} in its working directory, and to train also
 * {@value ShardPlan#FILE}; finds the ApplicationMaster through ZooKeeper; trains or evaluates until the master says
 * that the job is done. A reason to end stands in the last line on the standard error stream; see {@link ProcessExit}.
 */
public final class ReplicaProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaProcess.class);
    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(30);
    private static final Duration STOPPED = Duration.ofSeconds(20);

    private final ReplicaArguments arguments;
    private final Path workingDirectory;
    private final Configuration configuration;
    private final JobKeys keys;
    private final Optional<String> host;

    /**
     * @param keys what the processes of the job know of each other
     * @param host name of this node, where other partitions can reach it
     */
    ReplicaProcess(
            ReplicaArguments arguments,
            Path workingDirectory,
            Configuration configuration,
            JobKeys keys,
            Optional<String> host) {
        this.keys = keys;
        this.host = host;
        this.arguments = arguments;
        this.workingDirectory = workingDirectory;
        this.configuration = configuration;
    }

    /** Runs a replica and ends the process. */
    public static void main(String[] args) {
        ProcessExit status;
        try {
            new ReplicaProcess(
                            arguments(args),
                            Path.of(""),
                            new Configuration(),
                            keys(),
                            Optional.ofNullable(System.getenv("NM_HOST")))
                    .run();
            status = ProcessExit.DONE;
        } catch (Exception | Error e) {
            LOG.error("The replica cannot go on", e);
            status = Failure.status(e);
            System.err.println("replica: " + Failure.reason(e));
            if (Failure.ofNeighbour(e)) {
                waitToBeStopped();
            }
        }
        System.exit(status.code());
    }

    /**
     * Leaves it to the master to end this process: it hears of the neighbour's end soon, and what this one says would
     * hide the reason if it came first.
     */
    private static void waitToBeStopped() {
        try {
            TimeUnit.MILLISECONDS.sleep(STOPPED.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ReplicaArguments arguments(String... args) throws UnusableException {
        try {
            return ReplicaArguments.parse(args);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage() + "", e);
        }
    }

    private static JobKeys keys() throws IOException, UnusableException {
        try {
            return JobKeys.ofThisProcess();
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage() + "", e);
        }
    }

    private WireSecurity security(JobConfig job) throws UnusableException {
        try {
            return keys.wire(job.security().encrypt());
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage() + "", e);
        }
    }

    /** Trains or evaluates until the master says that the job is done, or throws the reason why not. */
    void run() throws Exception {
        ModelDescription description;
        Model model;
        try {
            description = ModelDescription.fromJson(
                    ModelDescription.FILE_NAME, Files.readString(workingDirectory.resolve(ModelDescription.FILE_NAME)));
            model = description.model();
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new UnusableException("expected a model description in the working directory: " + e.getMessage(), e);
        }
        JobConfig job = description.jobFile().config();
        WireSecurity security = security(job);
        DatasetReader data = DatasetReader.open(configuration, arguments.data());
        BlockDecoder decoder = new BlockDecoder(description, data.manifest());
        try (Registry registry =
                        Registry.connect(arguments.zookeeper(), arguments.znode(), keys.secret(), SESSION, ZOOKEEPER);
                Kernels kernels = Kernels.best(job.replicas().vcores())) {
            LOG.info(
                    "Replica {}, partition {}, incarnation {}: {} parameters, data set {}",
                    arguments.replica(),
                    arguments.partition(),
                    arguments.incarnation(),
                    model.parameters(),
                    arguments.data());
            PartitionPlan plan = PartitionPlan.of(model, job.replicas().partitions());
            try (Neighbours neighbours =
                    new ReplicaNeighbours(arguments, registry, security, host).connect(description)) {
                ReplicaRun run = new ReplicaRun(
                        arguments,
                        configuration,
                        registry,
                        security,
                        description,
                        plan,
                        neighbours,
                        data,
                        decoder,
                        kernels);
                if (arguments.mode() == ReplicaArguments.Mode.TRAIN) {
                    run.train(shardPlan(model));
                } else {
                    run.evaluate();
                }
            }
        }
        LOG.info("Replica {}: the job is done", arguments.replica());
    }

    private ShardPlan shardPlan(Model model) throws UnusableException {
        ShardPlan plan;
        try {
            plan = ShardPlan.fromJson(ShardPlan.FILE, Files.readString(workingDirectory.resolve(ShardPlan.FILE)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableException("expected a shard plan in the working directory: " + e.getMessage(), e);
        }
        if (!plan.layout().equals(model.layout())) {
            throw new UnusableException(
                    ShardPlan.FILE + ": expected the layout of the model in " + ModelDescription.FILE_NAME, null);
        }
        return plan;
    }
}
