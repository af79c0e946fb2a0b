package org.distbelief.container.process;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.Encoding;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.data.Augmentation;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.downpour.DownpourFollower;
import org.distbelief.container.downpour.DownpourSettings;
import org.distbelief.container.downpour.DownpourWorker;
import org.distbelief.container.downpour.EvaluationFollower;
import org.distbelief.container.downpour.EvaluationWorker;
import org.distbelief.container.downpour.Evaluator;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.hdfs.ModelDirectory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.master.Master;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.LeaseBook;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.container.sandblaster.BundlePush;
import org.distbelief.container.sandblaster.SandblasterFollower;
import org.distbelief.container.sandblaster.SandblasterSettings;
import org.distbelief.container.sandblaster.SandblasterWorker;
import org.distbelief.container.sandblaster.ShardPush;
import org.distbelief.container.wire.ThriftCoordinator;
import org.distbelief.container.wire.ThriftMaster;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.Split;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.membership.CoordinatorAddress;
import org.distbelief.paramserver.membership.MasterAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * What a replica's process does once everything that it needs is there. Partition 0 leases data and leads; the others
 * follow it.
 *
 * @param security what its connections begin with
 * @param neighbours the other partitions of the replica
 * @param kernels the arithmetic
 */
record ReplicaRun(
        ReplicaArguments arguments,
        Configuration configuration,
        Registry registry,
        WireSecurity security,
        ModelDescription description,
        PartitionPlan plan,
        Neighbours neighbours,
        PortionSource data,
        BlockDecoder decoder,
        Kernels kernels) {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration FIND = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** Between two signs of life to Sandblaster's coordinator. */
    private static final Duration BEAT = Duration.ofMillis(200);

    private JobConfig job() {
        return description.jobFile().config();
    }

    private boolean leads() {
        return arguments.partition() == 0;
    }

    /** Another one for each replica and each life of it; the same in all partitions. */
    private long seed() {
        return job().seed() * 31 + arguments.replica() + (arguments.incarnation() << 20);
    }

    /** L-BFGS compares losses: its points are fetched as they are. */
    private Encoding fetchEncoding() {
        return job().optimiser() == Optimiser.DOWNPOUR ? job().downpour().fetchEncoding() : Encoding.FLOAT32;
    }

    /** Trains, and evaluates at the end, until the master says that the job is done. */
    void train(ShardPlan shardPlan) throws Exception {
        Duration bound = ReplicaNeighbours.shardBound(job());
        try (ShardedParameters shards = new ShardedParameters(
                shardPlan.shards(),
                registry.directory(),
                ThriftShardClient.connector(WireLimits.standard(), security, fetchEncoding()),
                bound)) {
            switch (job().optimiser()) {
                case DOWNPOUR -> downpour(shards, bound);
                case SANDBLASTER -> sandblaster(shards, bound);
            }
        }
    }

    private void downpour(ShardedParameters shards, Duration bound) throws Exception {
        DownpourSettings settings =
                DownpourSettings.of(job().downpour(), arguments.replica(), arguments.incarnation(), bound);
        int miniBatch = job().downpour().miniBatch();
        ModelReplica replica = settings.overlap()
                ? ModelReplica.forTraining(plan, neighbours, kernels, miniBatch, seed())
                : ModelReplica.withOneCopy(plan, neighbours, kernels, miniBatch, seed());
        if (leads()) {
            lead(settings, replica, shards);
            return;
        }
        try (DownpourFollower follower = new DownpourFollower(settings, replica, shards, new ProgressMeter())) {
            follower.run();
        }
    }

    private void sandblaster(ShardedParameters shards, Duration bound) throws Exception {
        SandblasterConfig config = job().sandblaster();
        ModelReplica replica = ModelReplica.withOneCopy(plan, neighbours, kernels, config.miniBatch(), seed());
        PushSource source = new PushSource(arguments.replica(), arguments.partition(), arguments.incarnation());
        try (ShardPush push = new ShardPush(shards, source)) {
            if (leads()) {
                SandblasterSettings settings =
                        new SandblasterSettings(arguments.replica(), arguments.incarnation(), BEAT, bound);
                lead(settings, replica, shards, push);
                return;
            }
            try (SandblasterFollower follower = new SandblasterFollower(replica, shards, push, new ProgressMeter())) {
                follower.run();
            }
        }
    }

    private void lead(SandblasterSettings settings, ModelReplica replica, ShardedParameters shards, BundlePush push)
            throws Exception {
        ProgressMeter meter = new ProgressMeter();
        ReplicaOrders orders = ReplicaOrders.coordinated();
        Evaluator evaluator = job().evaluation().enabled() ? evaluator(replica) : null;
        long cacheBytes = job().sandblaster().cacheBytes();
        try (PortionCache cache = new PortionCache(data, split(job().data().split()), decoder, cacheBytes);
                MasterLink link = link(meter, orders);
                SandblasterWorker worker = new SandblasterWorker(
                        settings, replica, cache, shards, push, coordinator(), orders, link, meter, evaluator)) {
            link.start();
            worker.run();
        }
    }

    private Coordinator coordinator() {
        return new ThriftCoordinator(
                () -> {
                    CoordinatorAddress address = registry.findCoordinator(FIND);
                    return InetSocketAddress.createUnresolved(address.host(), address.port());
                },
                CONNECT,
                WireLimits.standard().withTimeouts(WireLimits.standard().idle(), ANSWER),
                security);
    }

    private void lead(DownpourSettings settings, ModelReplica replica, ShardedParameters shards) throws Exception {
        Split split = split(job().data().split());
        ProgressMeter meter = new ProgressMeter();
        try (PortionReader reader = new PortionReader(
                data,
                split,
                decoder,
                job().data().shuffle(),
                job().downpour().miniBatch(),
                new Random(seed()),
                Augmentation.of(job().data().augment(), description.inputShape(), seed()))) {
            ReplicaOrders orders = ReplicaOrders.training(reader);
            Evaluator evaluator = job().evaluation().enabled() ? evaluator(replica) : null;
            try (MasterLink link = link(meter, orders);
                    DownpourWorker worker =
                            new DownpourWorker(settings, replica, reader, shards, orders, link, meter, evaluator)) {
                link.start();
                worker.run();
            }
        }
    }

    /** Scores held-out data with a trained model until the master says that the job is done. */
    void evaluate() throws Exception {
        ModelReplica replica = ModelReplica.forScoring(
                plan, neighbours, kernels, job().downpour().miniBatch());
        new ModelDirectory(configuration, arguments.model().orElseThrow())
                .read(replica.parameters().ranges(), replica.parameters());
        if (!leads()) {
            new EvaluationFollower(replica).run();
            return;
        }
        ReplicaOrders orders = ReplicaOrders.scoring();
        try (MasterLink link = link(new ProgressMeter(), orders)) {
            link.start();
            new EvaluationWorker(replica, evaluator(replica), orders, link).run();
        }
    }

    private MasterLink link(ProgressMeter meter, ReplicaOrders orders) {
        return new MasterLink(
                master(),
                new LeaseBook(arguments.replica(), arguments.incarnation()),
                meter,
                orders::wanted,
                orders,
                job().cluster().silenceTimeout(),
                System::nanoTime);
    }

    private Master master() {
        return new ThriftMaster(
                () -> {
                    MasterAddress address = registry.findMaster(FIND);
                    return InetSocketAddress.createUnresolved(address.host(), address.port());
                },
                CONNECT,
                WireLimits.standard().withTimeouts(WireLimits.standard().idle(), ANSWER),
                security);
    }

    private Evaluator evaluator(ModelReplica replica) throws UnusableException {
        Split split = split(job().evaluation().split());
        return new Evaluator(replica, data, split, decoder, description.statesPerLabel());
    }

    private Split split(String name) throws UnusableException {
        try {
            return data.manifest().split(name);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(e.getMessage() + "", e);
        }
    }
}
