package org.distbelief.container.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.data.Augmentation;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.downpour.DownpourSettings;
import org.distbelief.container.downpour.DownpourWorker;
import org.distbelief.container.downpour.EvaluationWorker;
import org.distbelief.container.downpour.Evaluator;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.hdfs.ModelDirectory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.master.Master;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.LeaseBook;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.container.wire.ThriftMaster;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.membership.MasterAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one model replica. Reads {@value ModelDescription#FILE_NAME} in its working directory, and to train
 * also {@value ShardPlan#FILE}; finds the ApplicationMaster through ZooKeeper; trains or evaluates until the master
 * says that the job is done. A reason to end stands in the last line on the standard error stream; see
 * {@link ProcessExit}.
 */
public final class ReplicaProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaProcess.class);
    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(30);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration FIND_MASTER = Duration.ofSeconds(2);
    private static final Duration MASTER_ANSWER = Duration.ofSeconds(10);

    private final ReplicaArguments arguments;
    private final Path workingDirectory;
    private final Configuration configuration;

    ReplicaProcess(ReplicaArguments arguments, Path workingDirectory, Configuration configuration) {
        this.arguments = arguments;
        this.workingDirectory = workingDirectory;
        this.configuration = configuration;
    }

    /** Runs a replica and ends the process. */
    public static void main(String[] args) {
        ProcessExit status;
        try {
            new ReplicaProcess(arguments(args), Path.of(""), new Configuration()).run();
            status = ProcessExit.DONE;
        } catch (Exception | Error e) {
            LOG.error("The replica cannot go on", e);
            status = Failure.status(e);
            System.err.println("replica: " + Failure.reason(e));
        }
        System.exit(status.code());
    }

    private static ReplicaArguments arguments(String... args) throws UnusableException {
        try {
            return ReplicaArguments.parse(args);
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
        DatasetReader data = DatasetReader.open(configuration, arguments.data());
        BlockDecoder decoder = new BlockDecoder(description, data.manifest());
        try (Registry registry = Registry.connect(arguments.zookeeper(), arguments.znode(), SESSION, ZOOKEEPER);
                Kernels kernels = Kernels.best(job.replicas().vcores())) {
            LOG.info(
                    "Replica {}, incarnation {}: {} parameters, data set {}",
                    arguments.replica(),
                    arguments.incarnation(),
                    model.parameters(),
                    arguments.data());
            if (arguments.mode() == ReplicaArguments.Mode.TRAIN) {
                train(registry, description, model, data, decoder, kernels);
            } else {
                evaluate(registry, description, model, data, decoder, kernels);
            }
        }
        LOG.info("Replica {}: the job is done", arguments.replica());
    }

    private void train(
            Registry registry,
            ModelDescription description,
            Model model,
            PortionSource data,
            BlockDecoder decoder,
            Kernels kernels)
            throws Exception {
        JobConfig job = description.jobFile().config();
        ShardPlan plan = plan(model);
        Split split = split(data, job.data().split());
        // A lost shard comes back as soon as its silence was noticed and another container was had.
        Duration bound = job.cluster().silenceTimeout().plus(job.cluster().allocationTimeout());
        int miniBatch = job.downpour().miniBatch();
        long seed = job.seed() * 31 + arguments.replica() + (arguments.incarnation() << 20);
        ProgressMeter meter = new ProgressMeter();
        ModelReplica replica = ModelReplica.forTraining(model, kernels, miniBatch, seed);
        try (ShardedParameters shards = new ShardedParameters(
                        plan.shards(),
                        registry.directory(),
                        ThriftShardClient.connector(WireLimits.standard()),
                        bound);
                PortionReader reader = new PortionReader(
                        data,
                        split,
                        decoder,
                        job.data().shuffle(),
                        miniBatch,
                        new Random(seed),
                        Augmentation.of(job.data().augment(), description.inputShape(), seed))) {
            ReplicaOrders orders = ReplicaOrders.training(reader);
            Evaluator evaluator = job.evaluation().enabled() ? evaluator(replica, description, data, decoder) : null;
            try (MasterLink link = new MasterLink(
                            master(registry),
                            new LeaseBook(arguments.replica(), arguments.incarnation()),
                            meter,
                            orders::wanted,
                            orders,
                            job.cluster().silenceTimeout(),
                            System::nanoTime);
                    DownpourWorker worker = new DownpourWorker(
                            DownpourSettings.of(job.downpour(), arguments.replica(), arguments.incarnation(), bound),
                            replica,
                            reader,
                            shards,
                            orders,
                            link,
                            meter,
                            evaluator)) {
                link.start();
                worker.run();
            }
        }
    }

    private void evaluate(
            Registry registry,
            ModelDescription description,
            Model model,
            PortionSource data,
            BlockDecoder decoder,
            Kernels kernels)
            throws Exception {
        JobConfig job = description.jobFile().config();
        ModelReplica replica =
                ModelReplica.forScoring(model, kernels, job.downpour().miniBatch());
        new ModelDirectory(configuration, arguments.model().orElseThrow())
                .read(replica.parameters().ranges(), replica.parameters());
        ReplicaOrders orders = ReplicaOrders.scoring();
        try (MasterLink link = new MasterLink(
                master(registry),
                new LeaseBook(arguments.replica(), arguments.incarnation()),
                new ProgressMeter(),
                orders::wanted,
                orders,
                job.cluster().silenceTimeout(),
                System::nanoTime)) {
            link.start();
            new EvaluationWorker(evaluator(replica, description, data, decoder), orders, link).run();
        }
    }

    private static Evaluator evaluator(
            ModelReplica replica, ModelDescription description, PortionSource data, BlockDecoder decoder)
            throws UnusableException {
        Split split = split(data, description.jobFile().config().evaluation().split());
        return new Evaluator(replica, data, split, decoder, description.statesPerLabel());
    }

    private static Split split(PortionSource data, String name) throws UnusableException {
        try {
            return data.manifest().split(name);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage() + "", e);
        }
    }

    private ShardPlan plan(Model model) throws UnusableException {
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

    private static Master master(Registry registry) {
        return new ThriftMaster(
                () -> {
                    MasterAddress address = registry.findMaster(FIND_MASTER);
                    return InetSocketAddress.createUnresolved(address.host(), address.port());
                },
                CONNECT,
                WireLimits.standard().withTimeouts(WireLimits.standard().idle(), MASTER_ANSWER));
    }
}
