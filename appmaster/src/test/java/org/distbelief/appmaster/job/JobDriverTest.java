package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.appmaster.ledger.PortionLedger;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.RosterSettings;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.PartitionRow;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.work.TestLedgers;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.JobFile;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.ShardCounters;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.Staleness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole jobs in memory: the driver with a cluster, shards, replicas and storage that are made up. */
@Timeout(60)
class JobDriverTest {
    private static final String JOB = """
            output: out
            data: {path: data}
            model: {layers: [fullyConnected: {units: 3}]}
            shards: {count: 2}
            replicas: {count: 2}
            checkpoint: {interval: 1s}
            cluster: {maxFailures: 2, silenceTimeout: 2s}
            """;

    /** Replicas that don't crash begin when this is open. */
    private volatile CountDownLatch crashed = new CountDownLatch(0);

    /** Partitions of a replica. */
    private int partitions = 1;

    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Future<?>> replicas = new CopyOnWriteArrayList<>();
    private final FakeCluster cluster = new FakeCluster();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<TrainingPosition> checkpoints = new CopyOnWriteArrayList<>();
    private final AtomicInteger failingSaves = new AtomicInteger();

    private final JobStorage storage = new JobStorage() {
        @Override
        public CheckpointRow checkpoint(TrainingPosition position, Optional<String> needed) throws IOException {
            if (failingSaves.getAndDecrement() > 0) {
                throw new IOException("no space");
            }
            checkpoints.add(position);
            return new CheckpointRow("checkpoint-" + checkpoints.size(), 0, position.examplesCompleted(), 1);
        }

        @Override
        public String saveModel() {
            return "out/model";
        }
    };

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void trainsSavesScoresAndEnds() throws Exception {
        JobDriver driver = driver(ledger(6, 2), ledger(2, 1));
        JobOutcome outcome = play(driver, process -> false);

        assertThat(outcome.state()).isEqualTo(JobState.SUCCEEDED);
        JobSnapshot end = driver.snapshot();
        assertThat(end.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(end.progress()).isEqualTo(1);
        assertThat(end.ledger().portionsCompleted()).isEqualTo(12);
        assertThat(end.ledger().examplesCompleted()).isEqualTo(120);
        assertThat(end.evaluation()).isNotNull();
        assertThat(end.model()).isEqualTo("out/model");
        assertThat(checkpoints.get(checkpoints.size() - 1).examplesCompleted()).isEqualTo(120);
        assertThat(cluster.stopped()).as("the shards are stopped at the end").hasSize(2);
    }

    @Test
    void aLostReplicaIsReplacedAndEveryPortionCountsOnce() throws Exception {
        JobDriver driver = driver(ledger(10, 2), null);
        crashed = new CountDownLatch(1);
        JobOutcome outcome = play(
                driver,
                process -> process.member().role() == Role.REPLICA
                        && process.member().index() == 0
                        && process.start() == 1);

        assertThat(outcome.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(driver.snapshot().ledger().portionsCompleted()).isEqualTo(20);
        assertThat(driver.snapshot().ledger().leasesReturned()).isPositive();
        assertThat(driver.snapshot().replicas().get(0).restarts()).isEqualTo(1);
        assertThat(driver.snapshot().replicas().get(0).incarnation()).isEqualTo(2);
        assertThat(driver.snapshot().failure()).isNotNull();
    }

    @Test
    void aReplicaOfWhichAPartitionIsLostIsReplacedAsAWhole() throws Exception {
        partitions = 3;
        JobDriver driver = driver(ledger(10, 2), ledger(2, 1));
        crashed = new CountDownLatch(1);
        JobOutcome outcome = play(driver, process -> process.member().index() == 0 && process.start() == 1);

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(JobState.SUCCEEDED);
        JobSnapshot end = driver.snapshot();
        assertThat(end.ledger().portionsCompleted()).isEqualTo(20);
        assertThat(end.ledger().leasesReturned()).isPositive();
        assertThat(end.replicas()).extracting(ReplicaRow::restarts).containsExactly(1, 0);
        ReplicaRow replica = end.replicas().get(0);
        assertThat(replica.incarnation()).isEqualTo(2);
        assertThat(replica.partitions()).extracting(PartitionRow::index).containsExactly(0, 1, 2);
        assertThat(replica.partitions()).extracting(PartitionRow::host).containsOnly(replica.host());
        assertThat(replica.partitions()).extracting(PartitionRow::container).doesNotHaveDuplicates();
        assertThat(replica.partitions().get(0).container()).isEqualTo(replica.container());
        assertThat(replica.placement()).isEqualTo("all on " + replica.host());
        assertThat(end.failure()).isNotNull().satisfies(failure -> {
            assertThat(failure.role()).isEqualTo("replica 0, partition 2");
            assertThat(failure.reason()).isEqualTo("it crashed");
        });
        assertThat(cluster.stopped())
                .as("the two partitions that were left, and the two shards at the end")
                .hasSize(4);
    }

    @Test
    void aReplicaWorksOnceAllItsPartitionsHaveBeenStarted() throws Exception {
        partitions = 2;
        cluster.room(3);
        JobDriver driver = driver(ledger(4, 1), null);
        cluster.listener(driver);
        Future<JobOutcome> run = threads.submit(() -> driver.run(cluster));
        for (int i = 0; i < 3; i++) {
            FakeCluster.Started process = cluster.starts().poll(10, TimeUnit.SECONDS);
            assertThat(process).isNotNull();
            if (process.member().role() == Role.SHARD) {
                driver.shardHeard(status(process));
            }
        }
        Report report = new Report(0, 1, 1, 1, List.of(), List.of(), List.of(), Progress.none());
        assertThatThrownBy(() -> desk.exchange(report))
                .as("partition 1 has no container")
                .isInstanceOf(MasterException.class);

        cluster.room(4);

        FakeCluster.Started last = cluster.starts().poll(10, TimeUnit.SECONDS);
        assertThat(last).isNotNull();
        assertThat(last.member()).isEqualTo(Member.partition(0, 1, 2));
        desk.exchange(report);
        driver.shutdown("enough", true);
        run.get(30, TimeUnit.SECONDS);
    }

    @Test
    void tooManyFailuresEndTheJobWithTheReason() throws Exception {
        JobDriver driver = driver(ledger(10, 2), null);
        JobOutcome outcome = play(driver, process -> process.member().role() == Role.REPLICA);

        assertThat(outcome.state()).isEqualTo(JobState.FAILED);
        assertThat(outcome.message()).contains("too many failures", "replica", "exit status 1", "it crashed");
        assertThat(driver.snapshot().state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void aModelThatCouldNotBeWrittenIsWrittenAgain() throws Exception {
        failingSaves.set(2);
        JobOutcome outcome = play(driver(ledger(2, 1), null), process -> false);

        assertThat(outcome.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(checkpoints).isNotEmpty();
    }

    @Test
    void aModelThatCannotBeWrittenAtAllEndsTheJob() throws Exception {
        failingSaves.set(Integer.MAX_VALUE);
        JobOutcome outcome = play(driver(ledger(2, 1), null), process -> false);

        assertThat(outcome.state()).isEqualTo(JobState.FAILED);
        assertThat(outcome.message()).contains("the model could not be written", "no space");
    }

    @Test
    void aLostShardTakesTheDataBackToItsCheckpoint() throws Exception {
        PortionLedger training = ledger(4, 1);
        JobDriver driver = driver(training, null);
        cluster.listener(driver);
        Future<JobOutcome> run = threads.submit(() -> driver.run(cluster));
        FakeCluster.Started lost = null;
        for (int i = 0; i < 4; i++) {
            FakeCluster.Started process = cluster.starts().poll(10, TimeUnit.SECONDS);
            assertThat(process).isNotNull();
            if (process.member().role() == Role.SHARD) {
                driver.shardHeard(status(process));
                lost = process;
            }
        }
        Progress none = Progress.none();
        Reply reply;
        do {
            reply = desk.exchange(new Report(0, 1, 1, 1, List.of(), List.of(), List.of(), none));
        } while (reply.leases().isEmpty());
        long lease = reply.leases().get(0).id();
        desk.exchange(new Report(0, 1, 2, 0, List.of(), List.of(new Completed(lease, 10)), List.of(), none));
        assertThat(desk.view().ledger().portionsCompleted()).isEqualTo(1);

        driver.ended(java.util.Objects.requireNonNull(lost).container(), Ending.of(137, Ending.Cause.FAILED, "killed"));

        assertThat(cluster.starts().poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(desk.view().ledger().portionsCompleted()).isZero();
        driver.shutdown("enough", true);
        assertThat(run.get(30, TimeUnit.SECONDS).state()).isEqualTo(JobState.KILLED);
    }

    @Test
    void endsWhenTheClusterSaysSo() throws Exception {
        JobDriver driver = driver(ledger(2, 1), null);
        cluster.listener(driver);
        Future<JobOutcome> run = threads.submit(() -> driver.run(cluster));
        driver.shutdown("the queue is closed", true);

        assertThat(run.get(30, TimeUnit.SECONDS)).isEqualTo(new JobOutcome(JobState.KILLED, "the queue is closed"));
    }

    /** Which processes crash after their first report. */
    private interface Crash {
        boolean crashes(FakeCluster.Started process);
    }

    private JobDriver driver(PortionLedger training, @Nullable PortionLedger evaluation) {
        JobFile file = JobFile.read("job.yaml", JOB, List.of());
        JobIdentity identity = new JobIdentity(
                "application_1_1",
                "user",
                new Work(Work.Kind.TRAIN, "out", "data", null, null),
                file.config(),
                System.currentTimeMillis());
        RosterSettings settings = new RosterSettings(
                2,
                1,
                2,
                partitions,
                0,
                file.config().cluster().allocationTimeout(),
                file.config().cluster().silenceTimeout(),
                file.config().cluster().maxFailures());
        desk = new WorkDesk(training, evaluation, new WarmStart(0), System::currentTimeMillis);
        return new JobDriver(
                identity,
                new Roster(settings, 0),
                desk,
                storage,
                threads,
                List.of(),
                Optional.empty(),
                new ShardEnds() {
                    @Override
                    public void ended(int shard, long start) {}

                    @Override
                    public void givenUp(int shard, long start) {}
                },
                System::currentTimeMillis);
    }

    private WorkDesk desk = new WorkDesk(null, null, new WarmStart(0), () -> 0);

    private JobOutcome play(JobDriver driver, Crash crash) throws Exception {
        cluster.listener(driver);
        Future<JobOutcome> run = threads.submit(() -> driver.run(cluster));
        Future<?> world = threads.submit(() -> {
            List<FakeCluster.Started> shards = new ArrayList<>();
            Map<String, List<FakeCluster.Started>> parts = new HashMap<>();
            while (!run.isDone()) {
                shards.forEach(shard -> driver.shardHeard(status(shard)));
                FakeCluster.Started process = cluster.starts().poll(50, TimeUnit.MILLISECONDS);
                if (process != null && process.member().role() == Role.SHARD) {
                    shards.add(process);
                } else if (process != null) {
                    List<FakeCluster.Started> all = parts.computeIfAbsent(
                            process.member().index() + "/" + process.start(), name -> new ArrayList<>());
                    all.add(process);
                    if (all.size() == partitions) {
                        replicas.add(threads.submit(() -> replica(driver, all, crash.crashes(process))));
                    }
                }
            }
            return null;
        });
        JobOutcome outcome = run.get(50, TimeUnit.SECONDS);
        over.countDown();
        world.get(10, TimeUnit.SECONDS);
        for (Future<?> replica : replicas) {
            replica.get(10, TimeUnit.SECONDS);
        }
        return outcome;
    }

    /** A replica that finishes one portion a report, or of which the last partition crashes while it holds two. */
    private Void replica(JobDriver driver, List<FakeCluster.Started> parts, boolean crashes) throws Exception {
        FakeCluster.Started process = parts.get(0);
        int index = process.member().index();
        if (!crashes && !crashed.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no replica crashed");
        }
        List<Lease> held = new ArrayList<>();
        long sequence = 0;
        long examples = 0;
        while (true) {
            List<Completed> completed = new ArrayList<>();
            List<Scored> scored = new ArrayList<>();
            if (!held.isEmpty() && !crashes) {
                Lease lease = held.remove(0);
                if (lease.kind() == Kind.TRAIN) {
                    completed.add(new Completed(lease.id(), 10));
                    examples += 10;
                } else {
                    scored.add(new Scored(lease.id(), 1, 10, 7, 1, 1));
                }
            }
            Progress progress = new Progress(examples / 10, examples, examples, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            List<Long> ids = held.stream().map(Lease::id).toList();
            Reply reply;
            try {
                driver.replicaHeard(index, process.start());
                reply = desk.exchange(new Report(
                        index, process.start(), ++sequence, 2 - held.size(), ids, completed, scored, progress));
            } catch (MasterException e) {
                return null;
            }
            held.addAll(reply.leases());
            if (crashes && !held.isEmpty()) {
                crashed.countDown();
                driver.ended(
                        parts.get(parts.size() - 1).container(),
                        new Ending(1, Ending.Cause.FAILED, "it crashed", List.of("it crashed")));
                parts.stream()
                        .limit(parts.size() - 1)
                        .forEach(part -> driver.ended(
                                part.container(), Ending.of(143, Ending.Cause.FAILED, "it was terminated")));
                return null;
            }
            if (reply.phase() == Phase.FINISH) {
                parts.forEach(part -> driver.ended(part.container(), Ending.of(0, Ending.Cause.FINISHED, "")));
                return null;
            }
            if (held.isEmpty()) {
                if (over.await(reply.retryAfterMillis() / 10, TimeUnit.MILLISECONDS)) {
                    return null;
                }
            }
        }
    }

    private static ShardStatus status(FakeCluster.Started process) {
        return new ShardStatus(
                process.member().index(),
                process.start(),
                10,
                100,
                0,
                new ShardCounters(0, 0, 0, 0, 0, 0, 0, 0),
                new Staleness(0, 0, 0, List.of()),
                List.of(),
                CopyStatus.ALONE,
                ShardLoad.UNKNOWN);
    }

    private static PortionLedger ledger(int portions, int epochs) {
        return TestLedgers.of(portions, epochs, 2);
    }
}
