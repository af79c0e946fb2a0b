package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Scored;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole workers over shards that bound how far they may run apart. */
@Timeout(120)
class DownpourConsistencyTest {
    private static final int PORTIONS = 40;
    private static final int EPOCHS = 4;
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SyntheticSpeech data = new SyntheticSpeech(5, PORTIONS, 1);

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private WorkerHarness harness(FakeMaster master, String... settings) {
        return new WorkerHarness(WorkerHarness.job(List.of(settings)), data, master);
    }

    @ParameterizedTest(name = "{0} steps, {1} replicas of {2} partitions, nFetch {3}, nPush {4}, overlap {5}")
    @CsvSource({
        "0, 3, 1, 1, 1, false, 0",
        "0, 2, 1, 1, 1, true, 0",
        "2, 3, 1, 1, 1, true, 0.2",
        "1, 2, 1, 3, 2, true, 0",
        "1, 2, 3, 1, 1, true, 0",
        "0, 2, 2, 2, 2, false, 0"
    })
    void boundedReplicasLearnFromEveryExampleOncePerEpoch(
            int steps, int replicas, int partitions, int nFetch, int nPush, boolean overlap, double lost)
            throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, lost);
        WorkerHarness harness = harness(
                master,
                "downpour.consistency={bounded: {steps: " + steps + "}}",
                "replicas.count=" + replicas,
                "downpour.nFetch=" + nFetch,
                "downpour.nPush=" + nPush,
                "downpour.overlap=" + overlap);
        harness.partitions = partitions;

        runAll(replicas, harness);

        assertTrained(master);
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.version()).isEqualTo(pushes(master));
        }
    }

    @ParameterizedTest(name = "{0} backups, {1} replicas of {2} partitions, {3} steps a push, {4} of the messages lost")
    @CsvSource({"0, 2, 1, 1, 0", "1, 3, 1, 1, 0", "0, 2, 1, 3, 0.2", "0, 2, 3, 1, 0", "1, 3, 2, 2, 0", "0, 1, 1, 1, 0"})
    void replicasInStepLearnFromEveryExampleOncePerEpoch(
            int backups, int replicas, int partitions, int nPush, double lost) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, lost);
        WorkerHarness harness = harness(
                master,
                "downpour.consistency={synchronous: {backups: " + (replicas == 1 ? 0 : backups) + "}}",
                "replicas.count=" + replicas,
                "downpour.nFetch=" + nPush,
                "downpour.nPush=" + nPush,
                "downpour.update={adagrad: {learningRate: 0.2}}");
        harness.partitions = partitions;

        runAll(replicas, harness);

        assertTrained(master);
        for (ParameterShard shard : harness.shards.shards()) {
            // Alone, when the others have nothing to do, a replica makes an update of each push.
            assertThat(shard.version())
                    .isBetween(pushes(master) / replicas, pushes(master))
                    .isPositive();
            assertThat(shard.status().counters().refused()).isZero();
        }
    }

    @Test
    void aLateGradientIsCorrectedByWhatTheReplicaFetched() throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, PORTIONS, EPOCHS, 7, 0);
        WorkerHarness harness = harness(
                master,
                "downpour.update={delayCompensatedSgd: {learningRate: 0.5, lambda: 0.5}}",
                "downpour.overlap=false",
                "replicas.count=3");
        harness.partitions = 2;

        runAll(3, harness);

        assertTrained(master);
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.status().memoryBytes())
                    .as("parameters and three copies")
                    .isEqualTo(4 * shard.ranges().size() * Float.BYTES);
        }
    }

    /** The others must not wait for a replica that has failed in the middle of a step. */
    @ParameterizedTest
    @CsvSource({"bounded: {steps: 0}", "synchronous"})
    void replicasGoOnWithoutOneThatFails(String consistency) throws Exception {
        FakeMaster master = new FakeMaster(PORTIONS, 0, 1000, 7, 0);
        WorkerHarness harness = harness(master, "downpour.consistency=" + braced(consistency), "replicas.count=2");
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch after = new CountDownLatch(50);
        Future<Object> sound = run(harness, 0, client -> new FailingClient(client) {
            @Override
            void afterPush() {
                if (failed.getCount() == 0) {
                    after.countDown();
                }
            }
        });
        AtomicLong pushes = new AtomicLong();
        Future<Object> failing = run(harness, 1, client -> new FailingClient(client) {
            @Override
            void beforePush() throws ShardException {
                if (pushes.incrementAndGet() == 31) {
                    throw new ShardException(ShardException.Kind.NOT_FINITE, "the training diverges");
                }
            }
        });

        assertThatThrownBy(() -> failing.get(50, TimeUnit.SECONDS)).hasMessageContaining("the training diverges");
        failed.countDown();
        assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
        master.finish();
        sound.get(30, TimeUnit.SECONDS);
    }

    private static String braced(String component) {
        return component.contains(":") ? "{" + component + "}" : component;
    }

    private Future<Object> run(WorkerHarness harness, int index, UnaryOperator<ShardClient> between) {
        return threads.submit(() -> {
            harness.run(index, harness.master.connect(), between, SILENCE);
            return index;
        });
    }

    private void assertTrained(FakeMaster master) {
        long examples = data.split().examples();
        assertThat(master.examplesByEpoch).containsOnly(examples).hasSize(EPOCHS);
        assertThat(master.completions).hasSize(PORTIONS);
        assertThat(master.completions.values()).containsOnly(EPOCHS);
        double correct =
                master.scores.values().stream().mapToDouble(Scored::correct).sum();
        double scored =
                master.scores.values().stream().mapToDouble(Scored::examples).sum();
        assertThat(correct / scored).isGreaterThan(0.75);
    }

    private static long pushes(FakeMaster master) {
        return master.progress.values().stream().mapToLong(Progress::pushes).sum();
    }

    private void runAll(int replicas, WorkerHarness harness) throws Exception {
        List<Future<Object>> running = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            running.add(run(harness, i, client -> client));
        }
        for (Future<Object> replica : running) {
            replica.get(50, TimeUnit.SECONDS);
        }
    }
}
