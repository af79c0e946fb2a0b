package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.distbelief.conf.JobFile;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.InProcessShards;
import org.distbelief.container.TestJobs;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.SameProcess;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.master.Master;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.LeaseBook;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.dataset.PortionSource;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Pacing;
import org.jspecify.annotations.Nullable;

/** Wires whole workers over shards, a master and data in this process. */
final class WorkerHarness {
    private static final Duration BOUND = Duration.ofSeconds(20);

    final JobFile job;
    final PortionSource source;
    final ModelDescription description;
    final Model model;
    final InProcessShards shards;

    /** Settling updates; negative for the usual number. */
    long settling = -1;

    /** Partitions of each replica. */
    int partitions = 1;

    private final ExecutorService followers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "follower");
        thread.setDaemon(true);
        return thread;
    });

    /** The replica that ran last. */
    @Nullable
    ModelReplica last;

    private final Supplier<Kernels> kernels;
    final FakeMaster master;

    WorkerHarness(JobFile job, PortionSource source, FakeMaster master) {
        this(job, source, master, PlainKernels::new);
    }

    /** With other kernels than the plain ones. */
    WorkerHarness(JobFile job, PortionSource source, FakeMaster master, Supplier<Kernels> kernels) {
        this.job = job;
        this.source = source;
        this.master = master;
        this.kernels = kernels;
        this.description = ModelDescription.of(job, source.manifest());
        this.model = description.model();
        this.shards = new InProcessShards(
                model.layout(),
                2,
                UpdateRuleType.find(job.config().downpour().update()),
                VersionedRate.of(job.config().downpour()),
                job.config().seed(),
                BOUND,
                Pacing.of(job.config()));
    }

    /** Runs one replica to its end in the calling thread. */
    void run(int index) throws Exception {
        run(index, master.connect(), client -> client, BOUND);
    }

    void run(int index, Master connection, UnaryOperator<ShardClient> between, Duration silence) throws Exception {
        ProgressMeter meter = new ProgressMeter();
        BlockDecoder decoder = new BlockDecoder(description, source.manifest());
        int miniBatch = job.config().downpour().miniBatch();
        try (Kernels arithmetic = kernels.get();
                ShardedParameters parameters = shards.connect(between);
                PortionReader reader = new PortionReader(
                        source,
                        source.manifest().split(job.config().data().split()),
                        decoder,
                        job.config().data().shuffle(),
                        miniBatch,
                        new Random(index))) {
            PartitionPlan plan = PartitionPlan.of(model, partitions);
            List<Neighbours> neighbours = SameProcess.connect(partitions, BOUND);
            List<Future<?>> following = new ArrayList<>();
            for (Neighbours follower : neighbours.subList(1, partitions)) {
                following.add(followers.submit(() -> {
                    follow(index, plan, follower);
                    return null;
                }));
            }
            ModelReplica replica = replica(plan, neighbours.get(0), arithmetic);
            last = replica;
            Evaluator evaluator = new Evaluator(
                    replica,
                    source,
                    source.manifest().split(job.config().evaluation().split()),
                    decoder,
                    description.statesPerLabel());
            ReplicaOrders orders = ReplicaOrders.training(reader);
            try (MasterLink link = new MasterLink(
                            connection,
                            new LeaseBook(index, 1),
                            meter,
                            orders::wanted,
                            orders,
                            silence,
                            System::nanoTime);
                    DownpourWorker worker = new DownpourWorker(
                            settings(index), replica, reader, parameters, orders, link, meter, evaluator)) {
                link.start();
                worker.run();
            } finally {
                neighbours.get(0).close();
            }
            for (Future<?> follower : following) {
                follower.get();
            }
        }
    }

    private ModelReplica replica(PartitionPlan plan, Neighbours neighbours, Kernels arithmetic) {
        int miniBatch = job.config().downpour().miniBatch();
        return job.config().downpour().overlap()
                ? ModelReplica.forTraining(plan, neighbours, arithmetic, miniBatch, 1)
                : ModelReplica.withOneCopy(plan, neighbours, arithmetic, miniBatch, 1);
    }

    private void follow(int index, PartitionPlan plan, Neighbours neighbours) throws Exception {
        try (Kernels arithmetic = kernels.get();
                ShardedParameters parameters = shards.connect(client -> client);
                DownpourFollower follower = new DownpourFollower(
                        settings(index), replica(plan, neighbours, arithmetic), parameters, new ProgressMeter())) {
            follower.run();
        } finally {
            neighbours.close();
        }
    }

    private DownpourSettings settings(int index) {
        DownpourSettings usual = DownpourSettings.of(job.config().downpour(), index, 1, BOUND);
        return settling < 0
                ? usual
                : new DownpourSettings(
                        index,
                        1,
                        usual.nFetch(),
                        usual.nPush(),
                        usual.overlap(),
                        usual.pushed(),
                        usual.consistency(),
                        usual.compared(),
                        usual.localLearningRate(),
                        usual.clip(),
                        usual.rate(),
                        settling,
                        BOUND);
    }

    /** A job that a replica of this harness can run. */
    static JobFile job(List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "evaluation.split=train",
                "data.context=1",
                "data.shuffle=200",
                "downpour.miniBatch=16",
                "downpour.update={adagrad: {learningRate: 0.1}}"));
        all.addAll(settings);
        return TestJobs.job(
                "softmaxCrossEntropy",
                List.of(
                        "fullyConnected: {units: 24, activation: sigmoid, initialisation: {glorot: {gain: 4}}}",
                        "fullyConnected: {units: classes}"),
                all);
    }
}
