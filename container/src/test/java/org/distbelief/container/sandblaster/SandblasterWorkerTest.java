package org.distbelief.container.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.container.FakeMaster;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Scored;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardedAlgebra;
import org.distbelief.paramserver.client.ShardedParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole replicas over shards, a coordinator and data in this process: a batch's gradient is that of its data. */
@Timeout(90)
class SandblasterWorkerTest {
    private static final int PORTIONS = 12;

    private final SyntheticSpeech data = new SyntheticSpeech(5, PORTIONS, 1);

    private List<Future<?>> start(SandblasterHarness harness, FakeCoordinator coordinator, int replicas) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            running.add(harness.start(i, coordinator.connect()));
        }
        return running;
    }

    private static void requireRunning(List<Future<?>> replicas) throws Exception {
        for (Future<?> replica : replicas) {
            if (replica.isDone()) {
                replica.get();
            }
        }
    }

    private void requireRight(SandblasterHarness harness, FakeCoordinator.Result found, long noise) throws Exception {
        SandblasterHarness.Serial expected = harness.serial(noise);
        assertThat(found.examples()).isEqualTo(data.split().examples()).isEqualTo(expected.examples());
        assertThat(found.lossSum()).isCloseTo(expected.lossSum(), within(1e-4 * expected.lossSum()));
        assertThat(found.pushedInto().keySet()).as("every portion once").hasSize(PORTIONS);
        double[] sum = harness.sum(new TreeSet<>(found.pushedInto().values()));
        double length = 0;
        for (double element : expected.gradient()) {
            length += element * element;
        }
        for (int i = 0; i < sum.length; i++) {
            assertThat(sum[i])
                    .as("element %d", i)
                    .isCloseTo(expected.gradient().get(i), within(1e-4 * Math.sqrt(length)));
        }
    }

    @ParameterizedTest(name = "{0} replicas of {1} partitions, a push after {2} portions, trouble {3}")
    @CsvSource({
        "1, 1, 1, 0",
        "1, 1, 4, 0",
        "3, 1, 2, 0",
        "1, 3, 2, 0",
        "3, 3, 1, 0",
        "1, 1, 100, 0",
        "3, 1, 2, 0.1",
        "2, 2, 3, 0.1",
        "3, 1, 1, 0.2"
    })
    void aBatchesGradientIsThatOfItsData(int replicas, int partitions, int pushAfter, double trouble) throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, pushAfter, trouble, 3);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.partitions = partitions;
            List<Future<?>> running = start(harness, coordinator, replicas);
            coordinator.begin(VectorName.PARAMETERS, 11);
            requireRight(harness, coordinator.await(), 11);
            // Another batch at another point.
            move(harness);
            coordinator.begin(VectorName.PARAMETERS, 12);
            requireRight(harness, coordinator.await(), 12);
            requireRunning(running);
        }
    }

    @ParameterizedTest(name = "{0} replicas of {1} partitions")
    @CsvSource({"1, 1", "2, 3"})
    void withRealVectorsOnTheShardsItIsTheSame(int replicas, int partitions) throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 3, 0, 3);
        try (SandblasterHarness harness = new SandblasterHarness(data);
                ShardedAlgebra algebra = harness.shards.algebra(1)) {
            harness.partitions = partitions;
            harness.push = null;
            VectorName trial = new VectorName("trial");
            ShardProgram.Builder program = ShardProgram.begin().copy(VectorName.PARAMETERS, trial);
            for (int number = 1; number <= PORTIONS; number++) {
                program.fill(new VectorName("push-1-" + number), 0);
            }
            // The replicas must not take the parameters for the point.
            program.scale(VectorName.PARAMETERS, 3);
            algebra.run(program.end());
            List<Future<?>> running = start(harness, coordinator, replicas);
            coordinator.begin(trial, 11);
            FakeCoordinator.Result result = coordinator.await();
            try (ShardedParameters shards = harness.shards.connect()) {
                for (VectorName vector : new TreeSet<>(result.pushedInto().values())) {
                    ReplicaParameters gradient = ReplicaParameters.whole(harness.model);
                    shards.fetch(vector, gradient.ranges(), gradient);
                    harness.take(vector, gradient.ranges(), gradient);
                }
            }
            algebra.run(ShardProgram.begin().copy(trial, VectorName.PARAMETERS).end());
            requireRight(harness, result, 11);
            requireRunning(running);
        }
    }

    /** Takes a step of gradient descent along what was pushed. */
    private static void move(SandblasterHarness harness) throws Exception {
        ReplicaParameters step = ReplicaParameters.whole(harness.model);
        double[] sum = harness.sum(harness.pushed.keySet());
        for (int i = 0; i < sum.length; i++) {
            step.view(i, 1).putFloat(0, (float) (1e-3 * sum[i]));
        }
        try (ShardedParameters shards = harness.shards.connect();
                Pushes pushes = shards.pushes(new PushSource(99, 0, 1))) {
            pushes.push(step.ranges(), step, new long[] {0, 0});
        }
        harness.pushed.clear();
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void aPortionsGradientIsTheSameToTheBitWhereverItIsComputed(int partitions) throws Exception {
        Map<Integer, List<float[]>> found = new TreeMap<>();
        for (int replicas : new int[] {1, 3}) {
            FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 1, 0.05 * (replicas - 1), replicas);
            try (SandblasterHarness harness = new SandblasterHarness(data)) {
                harness.partitions = partitions;
                harness.cacheBytes = replicas == 1 ? 0 : 1 << 20;
                start(harness, coordinator, replicas);
                coordinator.begin(VectorName.PARAMETERS, 5);
                coordinator
                        .await()
                        .pushedInto()
                        .forEach((portion, vector) -> found.computeIfAbsent(portion, p -> new ArrayList<>())
                                .add(harness.pushed.get(vector)));
            }
        }
        assertThat(found).hasSize(PORTIONS);
        found.forEach((portion, vectors) ->
                assertThat(vectors.get(1)).as("portion %d", portion).isEqualTo(vectors.get(0)));
    }

    @Test
    void aSecondEvaluationReadsNothing() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            start(harness, coordinator, 1);
            for (int i = 0; i < 3; i++) {
                coordinator.begin(VectorName.PARAMETERS, 1);
                coordinator.await();
            }
            assertThat(data.opened()).isEqualTo(PORTIONS);
        }
    }

    @Test
    void whatIsBegunBeforeItIsGivenGoesOn() throws Exception {
        // It never has it wait for a push.
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, PORTIONS, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            List<Future<?>> running = start(harness, coordinator, 1);
            coordinator.begin(VectorName.PARAMETERS, 1);
            requireRight(harness, coordinator.await(), 1);
            FakeMaster master = harness.endTraining();
            coordinator.leave();
            running.get(0).get(30, TimeUnit.SECONDS);
            assertThat(master.progress.values())
                    .extracting(Progress::examples)
                    .as("no example is computed twice")
                    .containsExactly(data.split().examples());
        }
    }

    @Test
    void aNewBatchVoidsWhatIsHalfDone() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 1, 0, 1);
        // Two that wait for their pushes leave portions for the third.
        CountDownLatch reached = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.push = (into, ranges, gradient) -> {
                reached.countDown();
                goOn.await();
                return harness.take(into, ranges, gradient);
            };
            List<Future<?>> running = start(harness, coordinator, 3);
            coordinator.begin(VectorName.PARAMETERS, 1);
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
            coordinator.begin(VectorName.PARAMETERS, 2);
            goOn.countDown();
            requireRight(harness, coordinator.await(), 2);
            requireRunning(running);
        }
    }

    @Test
    void anotherCoordinatorIsWaitedForAndBeginsANewTerm() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            List<Future<?>> running = start(harness, coordinator, 2);
            coordinator.begin(VectorName.PARAMETERS, 1);
            coordinator.awaitReport(report -> !report.bundle().isEmpty());
            coordinator.leave();
            coordinator.comeBack();
            coordinator.begin(VectorName.PARAMETERS, 2);
            requireRight(harness, coordinator.await(), 2);
            assertThat(coordinator.reports)
                    .anyMatch(report ->
                            report.batch().filter(id -> id.term() == 2).isPresent());
            requireRunning(running);
        }
    }

    @Test
    void withoutACoordinatorAReplicaEndsAndSaysSo() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        coordinator.leave();
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.bound = Duration.ofMillis(300);
            Future<?> running = start(harness, coordinator, 1).get(0);
            assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no coordinator is registered");
        }
    }

    @Test
    void aReplicaThatIsRefusedEnds() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            Future<?> running = start(harness, coordinator, 1).get(0);
            coordinator.begin(VectorName.PARAMETERS, 1);
            coordinator.await();
            coordinator.refuse();
            assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(CoordinatorRefusedException.class);
        }
    }

    @Test
    void aPointThatIsNotThereIsAskedForAgain() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.partitions = 2;
            List<Future<?>> running = start(harness, coordinator, 1);
            coordinator.begin(new VectorName("trial"), 1);
            coordinator.awaitReport(report -> report.sequence() > 3);
            assertThat(coordinator.reports).allMatch(report -> report.batch().isEmpty());
            coordinator.begin(VectorName.PARAMETERS, 2);
            requireRight(harness, coordinator.await(), 2);
            requireRunning(running);
        }
    }

    @Test
    void whereAPushWasNotTakenTheReplicaBeginsAnew() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        AtomicInteger pushes = new AtomicInteger();
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.partitions = 2;
            harness.push =
                    (into, ranges, gradient) -> pushes.incrementAndGet() != 3 && harness.take(into, ranges, gradient);
            List<Future<?>> running = start(harness, coordinator, 1);
            coordinator.begin(VectorName.PARAMETERS, 1);
            requireRight(harness, coordinator.await(), 1);
            assertThat(pushes.get()).as("pushes of both partitions").isEqualTo(PORTIONS + 2);
            requireRunning(running);
        }
    }

    @Test
    void aLossThatIsNoNumberIsTheBatchsAndNothingOfItIsPushed() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 1, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            ReplicaParameters step = ReplicaParameters.whole(harness.model);
            for (int i = 0; i < step.size(); i++) {
                step.view(i, 1).putFloat(0, i % 2 == 0 ? 3e38f : -3e38f);
            }
            try (ShardedParameters shards = harness.shards.connect();
                    Pushes pushes = shards.pushes(new PushSource(99, 0, 1))) {
                pushes.push(step.ranges(), step, new long[] {0, 0});
            }
            List<Future<?>> running = start(harness, coordinator, 1);
            coordinator.begin(VectorName.PARAMETERS, 1);
            FakeCoordinator.Result result = coordinator.await();
            assertThat(result.lossSum()).isNotFinite();
            assertThat(result.examples()).isPositive();
            assertThat(harness.pushed).isEmpty();
            requireRunning(running);
        }
    }

    @Test
    void theEndOfAPushIsReportedInTheMiddleOfAPortion() throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 1, 0, 1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            AtomicInteger opened = new AtomicInteger();
            harness.cacheBytes = 0;
            harness.source = new SlowSource(data, portion -> {
                if (opened.incrementAndGet() == 2) {
                    second.await();
                }
            });
            harness.push = (into, ranges, gradient) -> {
                begun.countDown();
                return harness.take(into, ranges, gradient);
            };
            List<Future<?>> running = start(harness, coordinator, 1);
            coordinator.begin(VectorName.PARAMETERS, 1);
            // The second portion can't be read before the push is reported.
            WorkReport report = coordinator.awaitReport(WorkReport::pushed);
            assertThat(report.working()).isPresent();
            assertThat(report.pushing()).hasValue(1L);
            assertThat(begun.getCount()).isZero();
            coordinator.awaitBeat(beat -> beat.working().equals(report.working()));
            second.countDown();
            requireRight(harness, coordinator.await(), 1);
            requireRunning(running);
        }
    }

    @ParameterizedTest(name = "{0} partitions")
    @CsvSource({"1", "3"})
    void atTheEndHeldOutDataAreScored(int partitions) throws Exception {
        FakeCoordinator coordinator = new FakeCoordinator(PORTIONS, 2, 0, 1);
        try (SandblasterHarness harness = new SandblasterHarness(data)) {
            harness.partitions = partitions;
            List<Future<?>> running = start(harness, coordinator, 2);
            coordinator.begin(VectorName.PARAMETERS, 1);
            coordinator.await();
            FakeMaster master = harness.endTraining();
            coordinator.leave();
            for (Future<?> replica : running) {
                replica.get(30, TimeUnit.SECONDS);
            }
            assertThat(master.scores.values().stream()
                            .mapToLong(Scored::examples)
                            .sum())
                    .isEqualTo(data.split().examples());
            assertThat(master.scores.values()).allMatch(score -> score.lossSum() > 0);
            List<Progress> progress = List.copyOf(master.progress.values());
            assertThat(progress.stream().mapToLong(Progress::examples).sum())
                    .as("a portion that was begun early may have gone to another one")
                    .isGreaterThanOrEqualTo(data.split().examples());
            assertThat(progress).allSatisfy(one -> {
                assertThat(one.fetches()).isEqualTo(2);
                assertThat(one.pushes()).isPositive().isEqualTo(one.pushesAcknowledged());
                assertThat(one.drawn()).isZero();
                assertThat(one.lossSum()).isPositive();
            });
        }
    }
}
