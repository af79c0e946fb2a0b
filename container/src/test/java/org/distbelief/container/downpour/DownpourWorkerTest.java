package org.distbelief.container.downpour;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Scored;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole workers over shards, a master and data in this process. */
@Timeout(60)
class DownpourWorkerTest {
    private static final int PORTIONS = 40;
    private static final int EPOCHS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SyntheticSpeech data = new SyntheticSpeech(5, PORTIONS, 1);

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest(name = "{0} replicas, nFetch {1}, nPush {2}, {3} of the messages lost")
    @CsvSource({"1, 1, 1, 0", "2, 1, 1, 0", "2, 3, 2, 0", "1, 5, 1, 0.2", "2, 2, 3, 0.2"})
    void learnsFromEveryExampleOncePerEpoch(int replicas, int nFetch, int nPush, double lost) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, lost);
        WorkerHarness harness = new WorkerHarness(
                WorkerHarness.job(List.of("downpour.nFetch=" + nFetch, "downpour.nPush=" + nPush)), data, master);

        runAll(replicas, harness);

        long examples = data.split().examples();
        assertThat(master.examplesByEpoch).containsOnly(examples).hasSize(EPOCHS);
        assertThat(master.completions).hasSize(PORTIONS);
        assertThat(master.completions.values()).containsOnly(EPOCHS);
        assertThat(accuracy(master.scores.values())).isGreaterThan(0.75);
        long scored =
                master.scores.values().stream().mapToLong(Scored::examples).sum();
        assertThat(scored).isEqualTo(examples);

        List<Progress> progress = List.copyOf(master.progress.values());
        assertThat(progress.stream().mapToLong(Progress::examples).sum()).isEqualTo(EPOCHS * examples);
        assertThat(progress).allSatisfy(p -> {
            assertThat(p.pushesAcknowledged()).isEqualTo(p.pushes());
            assertThat(p.drawn()).isZero();
        });
        for (ParameterShard shard : harness.shards.shards()) {
            for (AppliedPushes applied : shard.settledPushes()) {
                assertThat(applied.applied())
                        .isEqualTo(master.progress
                                .getOrDefault(applied.replica(), Progress.none())
                                .pushes());
            }
        }
    }

    @ParameterizedTest(name = "{0} replicas of {1} partitions, nFetch {2}, nPush {3}, {4} of the messages lost")
    @CsvSource({"1, 2, 1, 1, 0", "2, 3, 1, 1, 0", "2, 4, 3, 2, 0.2", "1, 5, 2, 3, 0"})
    void splitReplicasLearnTheSame(int replicas, int partitions, int nFetch, int nPush, double lost) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, lost);
        WorkerHarness harness = new WorkerHarness(
                WorkerHarness.job(List.of("downpour.nFetch=" + nFetch, "downpour.nPush=" + nPush)), data, master);
        harness.partitions = partitions;

        runAll(replicas, harness);

        long examples = data.split().examples();
        assertThat(master.examplesByEpoch).containsOnly(examples).hasSize(EPOCHS);
        assertThat(master.completions).hasSize(PORTIONS);
        assertThat(master.completions.values()).containsOnly(EPOCHS);
        assertThat(accuracy(master.scores.values())).isGreaterThan(0.75);
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.version())
                    .as("updates: the parts of one that several partitions push count once")
                    .isEqualTo(master.progress.values().stream()
                            .mapToLong(Progress::pushes)
                            .sum());
            assertThat(shard.settledPushes()).isNotEmpty().allSatisfy(applied -> {
                assertThat(applied.partition()).isLessThan(partitions);
                assertThat(applied.applied())
                        .isEqualTo(master.progress
                                .getOrDefault(applied.replica(), Progress.none())
                                .pushes());
            });
        }
    }

    @ParameterizedTest(name = "{0} partitions, nFetch {1}, nPush {2}")
    @CsvSource({"1, 1, 1", "1, 2, 3", "2, 1, 2"})
    void aReplicaThatWaitsForFetchesAndPushesLearnsTheSame(int partitions, int nFetch, int nPush) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, 0);
        WorkerHarness harness = new WorkerHarness(
                WorkerHarness.job(
                        List.of("downpour.overlap=false", "downpour.nFetch=" + nFetch, "downpour.nPush=" + nPush)),
                data,
                master);
        harness.partitions = partitions;

        runAll(1, harness);

        assertThat(master.completions.values()).containsOnly(EPOCHS);
        assertThat(accuracy(master.scores.values())).isGreaterThan(0.75);
        ModelReplica last = requireNonNull(harness.last);
        assertThat(last.spare()).isSameAs(last.parameters());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "float16"})
    void gradientsThatTravelIn16BitsTeachTheSame(String encoding) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, 0);
        WorkerHarness harness =
                new WorkerHarness(WorkerHarness.job(List.of("downpour.pushEncoding=" + encoding)), data, master);

        runAll(2, harness);

        assertThat(master.completions.values()).containsOnly(EPOCHS);
        assertThat(accuracy(master.scores.values())).isGreaterThan(0.75);
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.status().counters().bytesIn())
                    .isEqualTo(shard.version() * shard.ranges().size() * Short.BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"value: {limit: 0.05}", "layerNorm: {limit: 0.5}", "norm: {limit: 0.5}"})
    void splitReplicasClipByTheNormsOfTheWhole(String clip) throws Exception {
        double[] accuracy = new double[2];
        for (int i = 0; i < 2; i++) {
            FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, 0);
            WorkerHarness harness =
                    new WorkerHarness(WorkerHarness.job(List.of("downpour.clip={" + clip + "}")), data, master);
            harness.partitions = 1 + 2 * i;
            runAll(1, harness);
            accuracy[i] = accuracy(master.scores.values());
        }

        assertThat(accuracy[1]).isCloseTo(accuracy[0], within(0.02));
    }

    @ParameterizedTest
    @ValueSource(strings = {"value: {limit: 0.05}", "layerNorm: {limit: 0.5}", "norm: {limit: 0.5}"})
    void learnsWithClippedGradientsDecayWarmUpAndSchedule(String clip) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, 0);
        WorkerHarness harness = new WorkerHarness(
                WorkerHarness.job(List.of(
                        "downpour.nPush=2",
                        "downpour.clip={" + clip + "}",
                        "downpour.warmUp=20",
                        "downpour.schedule={exponential: {every: 400, factor: 0.5}}",
                        "model.layers.0.fullyConnected.l2=1e-4",
                        "model.layers.1.fullyConnected.l1=1e-5")),
                data,
                master);

        runAll(2, harness);

        assertThat(master.examplesByEpoch).containsOnly(data.split().examples()).hasSize(EPOCHS);
        assertThat(accuracy(master.scores.values())).isGreaterThan(0.75);
    }

    @Test
    void clippingBoundsEveryMiniBatchWhateverNPushIs() throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, 0, 1, 7, 0);
        WorkerHarness harness = new WorkerHarness(
                WorkerHarness.job(List.of(
                        "downpour.update={sgd: {learningRate: 1}}",
                        "downpour.nPush=3",
                        "downpour.clip={norm: {limit: 1e-3}}")),
                data,
                master);

        harness.run(0);

        double squares = 0;
        ReplicaParameters first = ReplicaParameters.whole(harness.model);
        first.initialise(harness.model, harness.job.config().seed());
        ReplicaParameters last = ReplicaParameters.whole(harness.model);
        try (ShardedParameters shards = harness.shards.connect()) {
            shards.fetch(last.ranges(), last);
        }
        for (int i = 0; i < first.size(); i++) {
            double way = last.view(i, 1).getFloat(0) - first.view(i, 1).getFloat(0);
            squares += way * way;
        }
        long steps = master.progress.getOrDefault(0, Progress.none()).steps();
        assertThat(steps).isGreaterThan(30);
        assertThat(Math.sqrt(squares))
                .as("all steps in nearly the same direction would go as far as their limits")
                .isBetween(1e-3, 1e-3 * steps * 1.001);
    }

    private void runAll(int replicas, WorkerHarness harness) throws Exception {
        List<Future<Object>> running = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            int index = i;
            running.add(threads.submit(() -> {
                harness.run(index);
                return index;
            }));
        }
        for (Future<Object> replica : running) {
            replica.get(50, TimeUnit.SECONDS);
        }
    }

    private static double accuracy(Iterable<Scored> scores) {
        double correct = 0;
        double examples = 0;
        for (Scored score : scores) {
            correct += score.correct();
            examples += score.examples();
        }
        return correct / examples;
    }
}
