package org.distbelief.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.curator.test.TestingServer;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.ProcessExit;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.InProcessShards;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.hdfs.ModelDirectory;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Scored;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.sandblaster.FakeCoordinator;
import org.distbelief.container.wire.CoordinatorProcessor;
import org.distbelief.container.wire.MasterProcessor;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.membership.CoordinatorAddress;
import org.distbelief.paramserver.membership.MasterAddress;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.process.JobKeys;
import org.distbelief.paramserver.rule.UpdateRuleType;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.WireLimits;
import org.distbelief.paramserver.wire.WireMethods;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica's process in this one, with ZooKeeper, shards, a master and a data set in files. */
@Timeout(90)
class ReplicaProcessTest {
    private static final String ZNODE = "/distbelief/test";
    private static final JobKeys KEYS = new JobKeys(JobSecret.random(new SecureRandom()), Optional.empty());
    private static final int PORTIONS = 20;
    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final Configuration configuration = new Configuration();
    private final SyntheticSpeech synthetic = new SyntheticSpeech(4, PORTIONS, 2);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final JobFile job = TestJobs.job(
            "softmaxCrossEntropy",
            List.of(
                    "fullyConnected: {units: 20, activation: sigmoid, initialisation: {glorot: {gain: 4}}}",
                    "fullyConnected: {units: classes}"),
            List.of(
                    "data.context=1",
                    "data.shuffle=200",
                    "downpour.miniBatch=16",
                    "evaluation.split=train",
                    "cluster.silenceTimeout=2s",
                    "downpour.update={adagrad: {learningRate: 0.1}}"));
    private String zookeeper = "";

    @BeforeEach
    void startZooKeeper() throws Exception {
        configuration.set("fs.defaultFS", "file:///");
        TestingServer server = new TestingServer(true);
        open.add(server);
        zookeeper = server.getConnectString();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private DatasetManifest writeData() throws IOException {
        List<Portion> portions = new ArrayList<>();
        DatasetManifest made = synthetic.manifest();
        try (DataFileWriter<Utterance> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Utterance.getClassSchema()))) {
            writer.create(
                    Utterance.getClassSchema(), folder.resolve("train-0.avro").toFile());
            for (Portion portion : synthetic.split().portions()) {
                long start = writer.sync();
                for (Utterance record : synthetic.records(portion.id())) {
                    writer.append(record);
                }
                long length = writer.sync() - start;
                portions.add(new Portion(
                        portion.id(), "train-0.avro", start, length, portion.records(), portion.examples()));
            }
        }
        DatasetManifest manifest = new DatasetManifest(
                made.schemaVersion(),
                made.name(),
                made.createdBy(),
                made.seed(),
                made.settings(),
                made.labels(),
                made.statesPerLabel(),
                made.statisticsSplit(),
                made.mean(),
                made.variance(),
                Map.of(
                        "train",
                        new Split(
                                made.split("train").records(),
                                made.split("train").examples(),
                                made.split("train").groups(),
                                List.of(),
                                portions)));
        Files.writeString(folder.resolve(DatasetManifest.FILE_NAME), new ManifestJson().write(manifest));
        return manifest;
    }

    private Registry registry() throws Exception {
        Registry registry = Registry.connect(zookeeper, ZNODE, KEYS.secret(), BOUND, BOUND);
        open.add(registry);
        return registry;
    }

    private ThriftServer serve(WireMethods methods) throws IOException {
        ThriftServer server = new ThriftServer(
                "test", InetAddress.getLoopbackAddress(), 0, methods, WireLimits.standard(), KEYS.wire(false));
        server.start();
        open.add(server);
        return server;
    }

    /** Registers a master until the registry is closed. */
    private Registry serveMaster(FakeMaster master, int attempt) throws Exception {
        ThriftServer server = serve(new MasterProcessor(master::answer).methods());
        Registry registry = registry();
        registry.register(new MasterAddress("127.0.0.1", server.address().getPort(), attempt));
        return registry;
    }

    private InProcessShards serveShards(ModelDescription description) throws Exception {
        InProcessShards shards = new InProcessShards(
                description.layout(),
                2,
                UpdateRuleType.find(job.config().downpour().update()),
                1,
                BOUND);
        Registry registry = registry();
        for (ParameterShard shard : shards.shards()) {
            ThriftServer server = serve(new ShardService(shard, new VectorFiles(configuration).saver(ZNODE)).methods());
            registry.registration(
                            new ShardAddress(
                                    shard.index(), "127.0.0.1", server.address().getPort(), shard.generation()),
                            shard.ranges())
                    .serve(BOUND);
        }
        return shards;
    }

    private void run(ReplicaArguments.Mode mode, Optional<String> model) throws Exception {
        run(0, mode, model);
    }

    private Void run(int partition, ReplicaArguments.Mode mode, Optional<String> model) throws Exception {
        ReplicaArguments arguments = new ReplicaArguments(
                0, partition, 1, zookeeper, ZNODE, mode, model, folder.toUri().toString());
        new ReplicaProcess(arguments, folder, configuration, KEYS, Optional.of("127.0.0.1")).run();
        return null;
    }

    /** Runs all partitions of the replica to their end. */
    private void runAll(int partitions, ReplicaArguments.Mode mode, Optional<String> model) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(partitions);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int p = 0; p < partitions; p++) {
                int partition = p;
                running.add(threads.submit(() -> run(partition, mode, model)));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static double accuracy(FakeMaster master) {
        double correct =
                master.scores.values().stream().mapToLong(Scored::correct).sum();
        return correct
                / master.scores.values().stream().mapToLong(Scored::examples).sum();
    }

    @ParameterizedTest(name = "{0} partitions")
    @ValueSource(ints = {1, 3})
    void trainsFromTheShardsThenEvaluatesTheSavedModelAlike(int partitions) throws Exception {
        JobFile split = JobFile.read("job.yaml", job.yaml(), List.of("replicas.partitions=" + partitions));
        ModelDescription description = ModelDescription.of(split, writeData());
        Files.writeString(folder.resolve(ModelDescription.FILE_NAME), description.toJson());
        Files.writeString(
                folder.resolve(ShardPlan.FILE),
                ShardPlan.of(description.layout(), 2, 1).toJson());
        InProcessShards shards = serveShards(description);
        FakeMaster training = new FakeMaster(PORTIONS, PORTIONS, 3, 1, 0);
        Registry registration = serveMaster(training, 1);

        runAll(partitions, ReplicaArguments.Mode.TRAIN, Optional.empty());

        assertThat(training.examplesByEpoch).containsOnly(synthetic.split().examples());
        assertThat(accuracy(training)).isGreaterThan(0.7);

        String directory = folder.resolve("model").toUri().toString();
        ModelDirectory model = new ModelDirectory(configuration, directory);
        List<SavedFile> saved = new ArrayList<>();
        for (ParameterShard shard : shards.shards()) {
            saved.add(new VectorFiles(configuration)
                    .write(model.parameters(), ZNODE, shard, List.of(VectorName.PARAMETERS)));
        }
        new VectorFiles(configuration)
                .commit(model.parameters(), description.layout().size(), saved);
        // Another job's master serves alone: a replica that found the finished one would be sent home at once.
        open.remove(registration);
        registration.close();
        FakeMaster evaluation = new FakeMaster(0, PORTIONS, 0, 1, 0);
        serveMaster(evaluation, 2);

        runAll(partitions, ReplicaArguments.Mode.EVALUATE, Optional.of(directory));

        assertThat(accuracy(evaluation)).isEqualTo(accuracy(training));
    }

    @ParameterizedTest(name = "{0} partitions")
    @ValueSource(ints = {1, 3})
    void sandblasterComputesABatchForItsCoordinatorThenEvaluates(int partitions) throws Exception {
        JobFile split = JobFile.read(
                "job.yaml", job.yaml(), List.of("optimiser=sandblaster", "replicas.partitions=" + partitions));
        ModelDescription description = ModelDescription.of(split, writeData());
        Files.writeString(folder.resolve(ModelDescription.FILE_NAME), description.toJson());
        Files.writeString(
                folder.resolve(ShardPlan.FILE),
                ShardPlan.of(description.layout(), 2, 1).toJson());
        InProcessShards shards = serveShards(description);
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 4, 0, 1);
        AtomicBoolean trained = new AtomicBoolean();
        FakeMaster evaluation = new FakeMaster(0, PORTIONS, 0, 1, 0);
        ThriftServer master = serve(new MasterProcessor(report ->
                        trained.get() ? evaluation.answer(report) : new Reply(Phase.TRAIN, List.of(), 20, true))
                .methods());
        Registry registry = registry();
        registry.register(new MasterAddress("127.0.0.1", master.address().getPort(), 1));
        ThriftServer leading = serve(new CoordinatorProcessor(coordinator.handler()).methods());
        registry.register(new CoordinatorAddress("127.0.0.1", leading.address().getPort(), 1));
        try (ShardedAlgebra algebra = shards.algebra(1)) {
            ShardProgram.Builder vectors = ShardProgram.begin();
            ShardProgram.Builder norms = ShardProgram.begin();
            for (int number = 1; number <= PORTIONS; number++) {
                vectors.fill(new VectorName("push-1-" + number), 0);
                norms.norm(new VectorName("push-1-" + number));
            }
            algebra.run(vectors.end());
            ExecutorService threads = Executors.newSingleThreadExecutor();
            try {
                Future<Void> running = threads.submit(() -> {
                    runAll(partitions, ReplicaArguments.Mode.TRAIN, Optional.empty());
                    return null;
                });
                coordinator.begin(VectorName.PARAMETERS, 1);
                FakeCoordinator.Result result = coordinator.await();
                assertThat(result.examples()).isEqualTo(synthetic.split().examples());
                assertThat(result.lossSum()).isPositive();
                assertThat(result.pushedInto()).hasSize(PORTIONS);
                double[] pushed = algebra.run(norms.end());
                for (int number = 1; number <= PORTIONS; number++) {
                    boolean used = result.pushedInto().containsValue(new VectorName("push-1-" + number));
                    assertThat(pushed[number - 1] > 0).isEqualTo(used);
                }
                trained.set(true);
                running.get();
            } finally {
                threads.shutdownNow();
            }
        }
        assertThat(evaluation.scores.values().stream()
                        .mapToLong(Scored::examples)
                        .sum())
                .isEqualTo(synthetic.split().examples());
    }

    @Test
    void withoutItsFilesOrTheMasterItSaysSo() throws Exception {
        DatasetManifest manifest = writeData();
        assertThatThrownBy(() -> run(ReplicaArguments.Mode.TRAIN, Optional.empty()))
                .isInstanceOf(UnusableException.class)
                .hasMessageContaining("expected a model description in the working directory");

        ModelDescription description = ModelDescription.of(job, manifest);
        Files.writeString(folder.resolve(ModelDescription.FILE_NAME), description.toJson());
        assertThatThrownBy(() -> run(ReplicaArguments.Mode.TRAIN, Optional.empty()))
                .isInstanceOf(UnusableException.class)
                .hasMessageContaining("expected a shard plan in the working directory");

        Files.writeString(
                folder.resolve(ShardPlan.FILE),
                ShardPlan.of(description.layout(), 2, 1).toJson());
        assertThatThrownBy(() -> run(ReplicaArguments.Mode.TRAIN, Optional.empty()))
                .hasMessageContaining("silent for more than 2s")
                .hasMessageContaining("no ApplicationMaster is registered")
                .satisfies(e -> assertThat(Failure.status(e)).isEqualTo(ProcessExit.LOST_MASTER));
    }
}
