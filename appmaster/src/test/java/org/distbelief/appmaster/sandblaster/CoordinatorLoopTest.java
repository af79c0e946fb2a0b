package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.distbelief.appmaster.lbfgs.LbfgsSettings;
import org.distbelief.appmaster.lbfgs.LbfgsState;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.work.SandblasterDesk;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.container.coordinator.CoordinatorHandler;
import org.distbelief.container.master.CoordinatorMaster;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.MasterException;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Master's desk, coordinators, replicas: everything of Sandblaster but the wire, in threads of one process. */
@Timeout(60)
class CoordinatorLoopTest {
    private static final int PARAMETERS = 12;
    private static final int REPLICAS = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final LeastSquares problem = new LeastSquares(5, 40, 9, PARAMETERS);
    private final SharedVectors vectors = new SharedVectors(new double[PARAMETERS]);
    private final AtomicInteger elected = new AtomicInteger();
    private final AtomicReference<@Nullable CoordinatorHandler> leader = new AtomicReference<>();
    private final AtomicInteger reports = new AtomicInteger();

    /** After this iteration nobody computes until the problem is opened. */
    private final AtomicLong closeAfter = new AtomicLong(Long.MAX_VALUE);

    private final List<MasterTalk> talks = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        talks.forEach(MasterTalk::close);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    private static SandblasterConfig config(String settings) {
        return JobFile.read(
                        "job.yaml",
                        "output: out\nmodel: {layers: [{fullyConnected: {units: 2}}]}\ndata: {path: data}\n"
                                + "optimiser: sandblaster\nsandblaster: {" + settings + "}\n",
                        List.of())
                .config()
                .sandblaster();
    }

    private final class Job {
        private final SandblasterConfig config;
        private final SandblasterDesk sandblaster;
        private final WorkDesk desk;
        private final List<Future<?>> coordinators = new ArrayList<>();

        Job(SandblasterConfig config) {
            this.config = config;
            this.sandblaster = new SandblasterDesk(SandblasterPosition.START, config.iterations(), 0, () -> 0);
            this.desk = new WorkDesk(sandblaster, null, () -> 0);
            for (int replica = 0; replica < REPLICAS; replica++) {
                desk.started(replica, 1, "node" + replica);
                threads.execute(new ThreadReplica(replica, problem, vectors, () -> Optional.ofNullable(leader.get())));
            }
            desk.train();
            desk.shardsServe();
        }

        /** Starts one that is elected. */
        void coordinator(int index) {
            elected.set(index);
            desk.coordinatorStarted(index, 1);
            Evaluations evaluations =
                    new Evaluations(BoardRules.of(config), () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            MasterTalk talk = new MasterTalk(
                    new CoordinatorMaster() {
                        @Override
                        public CoordinatorReply coordinate(CoordinatorReport report) throws MasterException {
                            reports.incrementAndGet();
                            CoordinatorReply reply = sandblaster.coordinate(report);
                            if (iteration() >= closeAfter.get()) {
                                closeAfter.set(Long.MAX_VALUE);
                                problem.close();
                            }
                            return reply;
                        }

                        @Override
                        public void close() {}
                    },
                    index,
                    1,
                    () -> elected.get() == index,
                    () -> "",
                    reply -> evaluations.replicas(reply.replicas()),
                    Duration.ofSeconds(30),
                    System::nanoTime);
            talks.add(talk);
            talk.start();
            CoordinatorLoop loop = new CoordinatorLoop(
                    config,
                    new Sample(problem.portions(), config.batch(), 1),
                    1,
                    "test",
                    vectors::open,
                    evaluations,
                    talk,
                    term -> leader.set(evaluations),
                    Duration.ofSeconds(30),
                    System::nanoTime);
            coordinators.add(threads.submit(() -> {
                loop.run();
                return null;
            }));
        }

        long iteration() {
            return sandblaster.position().come().map(s -> s.iteration()).orElse(-1L);
        }

        void awaitIteration(long wanted) {
            while (iteration() < wanted && !desk.trainingDone()) {
                Thread.onSpinWait();
            }
        }

        void awaitEnd() {
            while (!desk.trainingDone()) {
                Thread.onSpinWait();
            }
        }
    }

    private LbfgsState alone(SandblasterConfig config, double[] into) throws Exception {
        InMemoryAlgebra algebra = new InMemoryAlgebra(PARAMETERS);
        algebra.set(VectorName.PARAMETERS, new double[PARAMETERS]);
        Lbfgs lbfgs = new Lbfgs(LbfgsSettings.of(config), algebra);
        long examples =
                problem.portions().stream().mapToLong(BatchPortion::examples).sum();
        org.distbelief.appmaster.lbfgs.Objective objective = (point, gradient) -> {
            double[] at = algebra.get(point);
            double loss = 0;
            VectorName portionSum = new VectorName("portion");
            algebra.run(ShardProgram.begin().fill(gradient, 0).end());
            for (BatchPortion portion : problem.portions()) {
                double[] own = new double[PARAMETERS];
                loss += problem.portion(portion.id(), at, own);
                algebra.set(portionSum, own);
                algebra.run(ShardProgram.begin()
                        .axpy(1.0 / examples, portionSum, gradient)
                        .end());
            }
            return loss / examples;
        };
        LbfgsState state = lbfgs.begin(objective);
        LbfgsState before = state;
        while (lbfgs.stop(before, state).isEmpty()) {
            before = state;
            state = lbfgs.iterate(state, objective);
        }
        System.arraycopy(algebra.get(lbfgs.settle(state).point()), 0, into, 0, PARAMETERS);
        return state;
    }

    @Test
    void comesToWhatLbfgsAloneComesTo() throws Exception {
        SandblasterConfig config = config("iterations: 30, deterministic: true");
        double[] expected = new double[PARAMETERS];
        LbfgsState alone = alone(config, expected);
        Job job = new Job(config);

        job.coordinator(0);
        job.awaitEnd();

        assertThat(job.iteration()).isEqualTo(alone.iteration()).isGreaterThan(5);
        assertThat(job.sandblaster.position().come().orElseThrow().loss()).isEqualTo(alone.loss());
        assertThat(vectors.get(VectorName.PARAMETERS)).isEqualTo(expected);
        assertThat(job.sandblaster.view().ended()).isNotNull();
        job.desk.finish();
        job.coordinators.get(0).get(20, TimeUnit.SECONDS);
    }

    @Test
    void withoutAFixedOrderItComesToTheSameUpToRounding() throws Exception {
        SandblasterConfig config = config("iterations: 8, pushAfter: 3, lossTolerance: 0, gradientTolerance: 0");
        double[] expected = new double[PARAMETERS];
        LbfgsState alone = alone(config, expected);
        Job job = new Job(config);

        job.coordinator(0);
        job.awaitEnd();

        double[] found = vectors.get(VectorName.PARAMETERS);
        for (int i = 0; i < PARAMETERS; i++) {
            assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6));
        }
        assertThat(job.sandblaster.position().come().orElseThrow().loss())
                .isCloseTo(alone.loss(), org.assertj.core.data.Offset.offset(1e-9));
    }

    @Test
    void asuccessorGoesOnAndComesToTheSameBits() throws Exception {
        SandblasterConfig config = config("iterations: 30, deterministic: true");
        double[] expected = new double[PARAMETERS];
        LbfgsState alone = alone(config, expected);
        Job job = new Job(config);
        closeAfter.set(3);

        job.coordinator(0);
        for (int next = 1; next <= 4; next++) {
            job.awaitIteration(3L * next);
            talks.get(next - 1).close();
            job.coordinators.get(next - 1).cancel(true);
            job.desk.coordinatorLost(next - 1);
            job.coordinator(next);
            problem.open();
        }
        job.awaitEnd();

        assertThat(job.iteration()).isEqualTo(alone.iteration());
        assertThat(vectors.get(VectorName.PARAMETERS)).isEqualTo(expected);
        assertThat(job.sandblaster.view().leaders()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void anotherTermBeginsWhereTheElectionMovesToAndFro() throws Exception {
        SandblasterConfig config = config("iterations: 30, deterministic: true");
        double[] expected = new double[PARAMETERS];
        alone(config, expected);
        Job job = new Job(config);
        job.coordinator(1);
        job.coordinator(0);
        for (int i = 0; i < 6; i++) {
            job.awaitIteration(2L * i);
            elected.set(i % 2);
        }
        job.awaitEnd();

        assertThat(vectors.get(VectorName.PARAMETERS)).isEqualTo(expected);
    }

    @Test
    void waitsForACheckpointAndGoesOnWithTheSameResult() throws Exception {
        SandblasterConfig config = config("iterations: 30, deterministic: true");
        double[] expected = new double[PARAMETERS];
        alone(config, expected);
        Job job = new Job(config);
        job.coordinator(0);
        for (int i = 1; i < 6; i++) {
            job.awaitIteration(3L * i - 1);
            Optional<TrainingPosition> position = job.desk.checkpointPosition();
            while (position.isEmpty() && !job.desk.trainingDone()) {
                position = job.desk.checkpointPosition();
            }
            if (position.isPresent()) {
                double[] point = vectors.get(VectorName.PARAMETERS);
                long programs = vectors.programs();
                assertThat(vectors.names())
                        .containsAll(((SandblasterPosition) position.get())
                                .come().orElseThrow().vectors().stream()
                                        .map(VectorName::new)
                                        .toList());
                assertThat(vectors.get(VectorName.PARAMETERS)).isEqualTo(point);
                assertThat(vectors.programs()).as("nothing moves").isEqualTo(programs);
            }
            job.desk.checkpointEnded();
        }
        job.awaitEnd();

        assertThat(vectors.get(VectorName.PARAMETERS)).isEqualTo(expected);
    }

    @Test
    void aLeaderThatHasGoneOnIsNotTakenToWaitWhenTheNextCheckpointIsDueInTheSameIteration() throws Exception {
        Job job = new Job(config("iterations: 1000, lossTolerance: 0, gradientTolerance: 0"));
        job.coordinator(0);
        job.awaitIteration(2);
        TrainingPosition held = awaitHeld(job);
        problem.close();
        long programs = vectors.programs();
        job.desk.checkpointEnded();
        while (vectors.programs() == programs) {
            Thread.onSpinWait();
        }

        int before = reports.get();
        while (reports.get() < before + 3) {
            assertThat(job.desk.checkpointPosition())
                    .as("it is in an iteration")
                    .isEmpty();
        }
        problem.open();

        long next = ((SandblasterPosition) awaitHeld(job)).come().orElseThrow().iteration();
        assertThat(next)
                .isGreaterThan(((SandblasterPosition) held).come().orElseThrow().iteration());
    }

    private static TrainingPosition awaitHeld(Job job) {
        Optional<TrainingPosition> held = job.desk.checkpointPosition();
        while (held.isEmpty()) {
            held = job.desk.checkpointPosition();
        }
        return held.get();
    }
}
