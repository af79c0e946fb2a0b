package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a worker, and what doesn't. */
@Timeout(60)
class DownpourFailureTest {
    private static final int PORTIONS = 20;
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Set<String> OWN_THREADS = Set.of("fetch", "push-0", "push-1", "portion-reader", "master-link");

    private final SyntheticSpeech data = new SyntheticSpeech(5, PORTIONS, 3);
    private final FakeMaster master = new FakeMaster(PORTIONS, 0, 2, 7, 0);

    private WorkerHarness harness(String... settings) {
        return new WorkerHarness(WorkerHarness.job(List.of(settings)), data, master);
    }

    @AfterEach
    void noThreadIsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (OWN_THREADS.contains(thread.getName())) {
                // One that was told to end may be on its way.
                thread.join(SILENCE.toMillis());
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @Test
    void aLostAcknowledgementIsNotAppliedTwice() throws Exception {
        WorkerHarness harness = harness();
        AtomicInteger pushes = new AtomicInteger();
        harness.run(
                0,
                master.connect(),
                client -> new FailingClient(client) {
                    @Override
                    void afterPush() throws IOException {
                        if (pushes.incrementAndGet() % 5 == 0) {
                            throw new IOException("the acknowledgement is lost");
                        }
                    }
                },
                SILENCE);

        long counted = master.progress.getOrDefault(0, Progress.none()).pushes();
        assertThat(pushes.get()).isGreaterThan((int) counted);
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.settledPushes()).extracting(AppliedPushes::applied).containsExactly(counted);
        }
        assertThat(master.examplesByEpoch).containsOnly(data.split().examples());
    }

    @Test
    void aShardThatRefusesForGoodEndsTheWorker() {
        UnaryOperator<ShardClient> refusing = client -> new FailingClient(client) {
            @Override
            void beforePush() throws ShardException {
                throw new ShardException(ShardException.Kind.ZOMBIE_PUSH, "a later incarnation has pushed");
            }
        };

        assertThatThrownBy(() -> harness().run(0, master.connect(), refusing, SILENCE))
                .isInstanceOf(ShardException.class)
                .hasMessageContaining("a later incarnation has pushed");
        assertThat(master.completions).isEmpty();
    }

    @Test
    void aLossThatIsNoNumberEndsTheWorkerBeforeItIsPushed() {
        divergesBeforeAPush();
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "layerNorm", "norm"})
    void clippingDoesNotHideThatTheLossIsNoNumber(String clip) {
        divergesBeforeAPush("downpour.clip={" + clip + ": {limit: 1}}");
    }

    private void divergesBeforeAPush(String... settings) {
        String huge = "fullyConnected: {units: 9, activation: relu, initialisation: {uniform: {scale: 1e6}}}";
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("model.layers=[{" + String.join("}, {", Collections.nCopies(8, huge))
                + "}, {fullyConnected: {units: classes}}]");
        WorkerHarness harness = harness(all.toArray(String[]::new));

        assertThatThrownBy(() -> harness.run(0))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("the loss of step")
                .hasMessageContaining("smaller learning rate");
        for (ParameterShard shard : harness.shards.shards()) {
            assertThat(shard.version()).isZero();
        }
    }

    @Test
    void aMasterThatRefusesEndsTheWorker() {
        assertThatThrownBy(() -> harness().run(0, new Refusing(), client -> client, SILENCE))
                .isInstanceOf(LostMasterException.class)
                .hasMessageContaining("not one of this job");
    }

    @Test
    void anInterruptEndsTheWorker() throws Exception {
        WorkerHarness harness = harness("downpour.epochs=1000");
        CountDownLatch pushed = new CountDownLatch(10);
        FutureTask<Boolean> run = new FutureTask<>(() -> {
            harness.run(
                    0,
                    new FakeMaster(PORTIONS, 0, 1000, 1, 0).connect(),
                    client -> new FailingClient(client) {
                        @Override
                        void afterPush() {
                            pushed.countDown();
                        }
                    },
                    SILENCE);
            return true;
        });
        Thread thread = new Thread(run, "worker");
        thread.start();
        assertThat(pushed.await(20, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void betweenFetchesTheLocalStepKeepsTheReplicasCopyWithTheShards() throws Exception {
        for (int nPush : new int[] {1, 3}) {
            FakeMaster once = new FakeMaster(PORTIONS, 0, 1, 7, 0);
            WorkerHarness harness = new WorkerHarness(
                    WorkerHarness.job(List.of(
                            "data.shuffle=1",
                            "downpour.update={sgd: {learningRate: 0.05}}",
                            "downpour.nFetch=1000000",
                            "downpour.nPush=" + nPush)),
                    data,
                    once);
            harness.settling = 0;
            harness.run(0);

            ModelReplica replica = Objects.requireNonNull(harness.last);
            ReplicaParameters onShards = replica.newGradient();
            try (ShardedParameters shards = harness.shards.connect()) {
                long[] versions = shards.fetch(onShards.ranges(), onShards);
                assertThat(versions[0]).isGreaterThan(10);
            }
            for (int i = 0; i < onShards.size(); i++) {
                assertThat(replica.parameters().view(i, 1).getFloat(0))
                        .isCloseTo(onShards.view(i, 1).getFloat(0), within(1e-4f));
            }
        }
    }

    @Test
    void aWarmUpHoldsTheRatesOfTheShardsAndOfTheLocalStepsDown() throws Exception {
        WorkerHarness harness = harness(
                "downpour.update={sgd: {learningRate: 0.05}}",
                "downpour.warmUp=1000000000",
                "downpour.nFetch=1000000",
                "downpour.nPush=2");
        harness.settling = 0;
        harness.run(0);

        ModelReplica replica = Objects.requireNonNull(harness.last);
        ReplicaParameters first = replica.newGradient();
        first.initialise(harness.model, harness.job.config().seed());
        ReplicaParameters onShards = replica.newGradient();
        try (ShardedParameters shards = harness.shards.connect()) {
            assertThat(shards.fetch(onShards.ranges(), onShards)[0]).isGreaterThan(10);
        }
        for (int i = 0; i < first.size(); i++) {
            float expected = first.view(i, 1).getFloat(0);
            assertThat(onShards.view(i, 1).getFloat(0)).isCloseTo(expected, within(1e-5f));
            assertThat(replica.parameters().view(i, 1).getFloat(0)).isCloseTo(expected, within(1e-5f));
        }
    }

    /** A master that wants no one. */
    private static final class Refusing implements Master {
        @Override
        public Reply exchange(Report report) throws MasterException {
            throw MasterException.refused("replica 0 is not one of this job", new IllegalStateException());
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
