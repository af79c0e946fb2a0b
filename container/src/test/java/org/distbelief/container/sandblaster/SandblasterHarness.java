package org.distbelief.container.sandblaster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.conf.JobFile;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.InProcessShards;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.downpour.Evaluator;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.SameProcess;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.container.report.LeaseBook;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.dataset.PortionSource;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.rule.Sgd;
import org.jspecify.annotations.Nullable;

/** Wires whole replicas of Sandblaster over shards and data in this process. */
final class SandblasterHarness implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration BEAT = Duration.ofMillis(2);
    private static final int MINI_BATCH = 16;

    final JobFile job;
    final ModelDescription description;
    final Model model;
    final InProcessShards shards;
    final SyntheticSpeech data;

    /** What was pushed, by vector. */
    final Map<VectorName, float[]> pushed = new ConcurrentHashMap<>();

    /** Partitions of each replica. */
    int partitions = 1;

    /** Bytes of each replica's cache. */
    long cacheBytes = 1 << 20;

    /** Where the replicas read. */
    PortionSource source;

    /** How long the replicas wait for a coordinator. */
    Duration bound = BOUND;

    /** How bundles are pushed; null for as vectors of the shards. */
    @Nullable
    BundlePush push = this::take;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final FakeMaster master;
    private final AtomicInteger trained = new AtomicInteger();

    SandblasterHarness(SyntheticSpeech data, String... settings) {
        this.data = data;
        this.source = data;
        this.job = job(settings);
        this.description = ModelDescription.of(job, data.manifest());
        this.model = description.model();
        this.shards =
                new InProcessShards(model.layout(), 2, new Sgd(1), job.config().seed(), BOUND);
        this.master = new FakeMaster(0, data.split().portions().size(), 1, 1, 0);
    }

    private static JobFile job(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "optimiser=sandblaster",
                "evaluation.split=train",
                "data.context=1",
                "sandblaster.miniBatch=" + MINI_BATCH));
        all.addAll(Arrays.asList(settings));
        return TestJobs.job(
                "softmaxCrossEntropy",
                List.of(
                        "fullyConnected: {units: 24, activation: sigmoid, l2: 0.01, initialisation: {glorot: {gain: 4}}}",
                        "dropout: {rate: 0.3}",
                        "fullyConnected: {units: classes, l2: 0.02}"),
                all);
    }

    /** As the shards would: adds to a vector that is 0 at first. */
    boolean take(VectorName into, RangeSet ranges, ParameterBuffer gradient) {
        float[] vector = pushed.computeIfAbsent(into, name -> new float[(int) model.parameters()]);
        synchronized (vector) {
            for (Range range : ranges) {
                for (long i = range.start(); i < range.end(); i++) {
                    vector[(int) i] += gradient.view(i, 1).getFloat(0);
                }
            }
        }
        return true;
    }

    /** Starts a replica in threads of its own. */
    Future<?> start(int index, Coordinator coordinator) {
        return threads.submit(() -> {
            run(index, coordinator);
            return null;
        });
    }

    private void run(int index, Coordinator coordinator) throws Exception {
        ProgressMeter meter = new ProgressMeter();
        BlockDecoder decoder = new BlockDecoder(description, source.manifest());
        PartitionPlan plan = PartitionPlan.of(model, partitions);
        List<Neighbours> neighbours = SameProcess.connect(partitions, BOUND);
        List<Future<?>> following = new ArrayList<>();
        for (Neighbours follower : neighbours.subList(1, partitions)) {
            following.add(threads.submit(() -> {
                follow(index, plan, follower);
                return null;
            }));
        }
        ModelReplica replica = replica(plan, neighbours.get(0), index);
        ReplicaOrders orders = ReplicaOrders.coordinated();
        Evaluator evaluator = new Evaluator(replica, source, data.split(), decoder, description.statesPerLabel());
        try (ShardedParameters parameters = shards.connect();
                ShardPush toShards = new ShardPush(parameters, new PushSource(index, 0, 1));
                PortionCache cache = new PortionCache(source, data.split(), decoder, cacheBytes);
                MasterLink link = new MasterLink(
                        phased(), new LeaseBook(index, 1), meter, orders::wanted, orders, BOUND, System::nanoTime);
                SandblasterWorker worker = new SandblasterWorker(
                        new SandblasterSettings(index, 1, BEAT, bound),
                        replica,
                        cache,
                        parameters,
                        push(toShards),
                        coordinator,
                        orders,
                        link,
                        meter,
                        evaluator)) {
            link.start();
            worker.run();
        } finally {
            neighbours.get(0).close();
        }
        for (Future<?> follower : following) {
            follower.get();
        }
    }

    private ModelReplica replica(PartitionPlan plan, Neighbours neighbours, int index) {
        return ModelReplica.withOneCopy(
                plan, neighbours, new PlainKernels(), job.config().sandblaster().miniBatch(), index);
    }

    private void follow(int index, PartitionPlan plan, Neighbours neighbours) throws Exception {
        PushSource from = new PushSource(index, neighbours.partition(), 1);
        try (ShardedParameters parameters = shards.connect();
                ShardPush toShards = new ShardPush(parameters, from);
                SandblasterFollower follower = new SandblasterFollower(
                        replica(plan, neighbours, 77), parameters, push(toShards), new ProgressMeter())) {
            follower.run();
        } finally {
            neighbours.close();
        }
    }

    private BundlePush push(BundlePush toShards) {
        return push == null ? toShards : push;
    }

    /** Trains until {@link #endTraining}; the evaluation is another master's. */
    private Master phased() {
        return new Master() {
            @Override
            public Reply exchange(Report report) throws MasterException {
                return trained.get() == 0 ? new Reply(Phase.TRAIN, List.of(), 20, true) : master.answer(report);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    /** Goes over to the evaluation. */
    FakeMaster endTraining() {
        trained.set(1);
        return master;
    }

    /** All that was pushed into some vectors, added up. */
    double[] sum(Iterable<VectorName> vectors) {
        double[] sum = new double[(int) model.parameters()];
        for (VectorName name : vectors) {
            float[] vector = pushed.getOrDefault(name, new float[sum.length]);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        return sum;
    }

    /** Loss and gradient of all of the data, computed by one replica in a loop. */
    record Serial(double lossSum, long examples, List<Double> gradient) {}

    /** {@link Serial} at the shards' parameters. */
    Serial serial(long noise) throws Exception {
        ModelReplica replica = replica(
                PartitionPlan.of(model, 1), SameProcess.connect(1, BOUND).get(0), 5);
        double[] sum = new double[(int) model.parameters()];
        double loss = 0;
        long examples = 0;
        try (ShardedParameters parameters = shards.connect();
                PortionCache cache = new PortionCache(
                        data, data.split(), new BlockDecoder(description, data.manifest()), Long.MAX_VALUE)) {
            parameters.fetch(replica.parameters().ranges(), replica.parameters());
            MiniBatch batch = replica.newBatch();
            ReplicaParameters gradient = replica.newGradient();
            for (int p = 0; p < data.split().portions().size(); p++) {
                OpenPortion portion = new OpenPortion(cache.open(p));
                while (!portion.ended()) {
                    int count = portion.examples().fill(batch, BOUND);
                    portion.add(count, replica.gradientSum(batch, gradient, false, portion.noise(noise)));
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += gradient.view(i, 1).getFloat(0);
                    }
                }
                loss += portion.done(replica.penalty()).lossSum();
                examples += portion.taken();
            }
        }
        return new Serial(loss, examples, Arrays.stream(sum).boxed().toList());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("expected all replicas to end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
