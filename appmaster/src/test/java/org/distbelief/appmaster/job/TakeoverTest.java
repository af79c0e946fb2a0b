package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.RosterSettings;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.JobSnapshot.StandbyRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.work.TestLedgers;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.JobFile;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.shard.CopyStatus;
import org.distbelief.paramserver.shard.ShardCounters;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.Staleness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job of one shard with a standby and one replica, while processes of the shard are lost. */
@Timeout(60)
class TakeoverTest {
    private static final String JOB = """
            output: out
            data: {path: data}
            model: {layers: [fullyConnected: {units: 3}]}
            shards: {replication: 2}
            cluster: {maxFailures: 2}
            """;
    private static final Ending KILLED = Ending.of(137, Cause.FAILED, "it was killed");

    private final FakeCluster cluster = new FakeCluster();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final List<String> givenUp = new CopyOnWriteArrayList<>();
    private final WorkDesk desk =
            new WorkDesk(TestLedgers.of(4, 1, 1), null, new WarmStart(0), System::currentTimeMillis);
    private final JobDriver driver = driver();
    private final Future<JobOutcome> run = start();

    private JobDriver driver() {
        JobFile file = JobFile.read("job.yaml", JOB, List.of());
        JobIdentity identity = new JobIdentity(
                "application_1_1",
                "user",
                new Work(Work.Kind.TRAIN, "out", "data", null, null),
                file.config(),
                System.currentTimeMillis());
        RosterSettings settings = new RosterSettings(
                1,
                file.config().shards().replication(),
                1,
                1,
                0,
                file.config().cluster().allocationTimeout(),
                file.config().cluster().silenceTimeout(),
                file.config().cluster().maxFailures());
        return new JobDriver(
                identity,
                new Roster(settings, 0),
                desk,
                new JobStorage() {
                    @Override
                    public CheckpointRow checkpoint(TrainingPosition position, Optional<String> needed) {
                        return new CheckpointRow("checkpoint", 0, position.examplesCompleted(), 1);
                    }

                    @Override
                    public String saveModel() {
                        return "out/model";
                    }
                },
                threads,
                List.of(),
                Optional.empty(),
                new ShardEnds() {
                    @Override
                    public void ended(int shard, long start) {
                        ends.add(shard + "/" + start);
                    }

                    @Override
                    public void givenUp(int shard, long start) {
                        givenUp.add(shard + "/" + start);
                    }
                },
                System::currentTimeMillis);
    }

    private Future<JobOutcome> start() {
        cluster.listener(driver);
        return threads.submit(() -> driver.run(cluster));
    }

    /** The containers are 1 for the shard, 2 for the replica and 3 for the standby, each on a node of its own. */
    @BeforeEach
    void begin() throws InterruptedException {
        assertThat(next()).isEqualTo(new FakeCluster.Started(copy(0), "container_1", 1, false));
        assertThat(next().member()).isEqualTo(Member.replica(0));
        assertThat(next()).isEqualTo(new FakeCluster.Started(copy(1), "container_3", 2, true));
    }

    @AfterEach
    void stop() throws Exception {
        driver.shutdown("enough", true);
        assertThat(run.get(30, TimeUnit.SECONDS).state()).isEqualTo(JobState.KILLED);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void trainingDoesNotWaitForTheStandby() {
        serves(1, 0, 0);

        JobSnapshot job = await(j -> j.state() == JobState.TRAINING);
        assertThat(Objects.requireNonNull(job.shards().get(0).standby()).state())
                .isEqualTo(StandbyRow.STARTING);
    }

    @Test
    void theRowSaysHowFarTheStandbyIs() {
        serves(1, 2, 0.43);
        follows(2, 1);
        StandbyRow filling = standby(s -> s.state().equals(StandbyRow.FILLING));
        assertThat(filling)
                .isEqualTo(new StandbyRow(
                        StandbyRow.FILLING, 0.43, "container_3", "node3", "http://logs/container_3", 2, false));
        serves(1, 2, 1);

        assertThat(standby(s -> s.state().equals(StandbyRow.IN_SYNC)).filled()).isEqualTo(1);
        assertThat(driver.snapshot().shards().get(0).generation()).isEqualTo(1);
    }

    @Test
    void aTakeoverLosesNothing() throws Exception {
        inSync();
        onePortionIsDone();

        driver.ended("container_1", KILLED);

        FakeCluster.Started again = next();
        assertThat(again.member()).isEqualTo(copy(0));
        assertThat(again.start()).isEqualTo(3);
        assertThat(again.standby()).isTrue();
        assertThat(ends).containsExactly("0/1");
        JobSnapshot job = await(j -> j.shards().get(0).takeovers() == 1);
        assertThat(job.shards().get(0).state()).isEqualTo("taking over");
        assertThat(job.shards().get(0).container()).isEqualTo("container_3");
        assertThat(desk.view().ledger().portionsCompleted())
                .as("the data does not go back")
                .isEqualTo(1);
        assertThat(job.events())
                .anyMatch(e -> e.text()
                        .endsWith("ended with exit status 137: it was killed; its standby in container_3 on node3 takes"
                                + " over, no update is lost"));
        serves(2, 3, 0);

        ShardRow served =
                await(j -> j.shards().get(0).state().equals("running")).shards().get(0);
        assertThat(served.generation()).isEqualTo(2);
        assertThat(served.restarts()).isZero();
    }

    @Test
    void onlyWhatHasEndedForCertainIsForgotten() throws Exception {
        inSync();
        driver.ended("container_1", Ending.of(-100, Cause.CLUSTER, "the node is lost"));
        assertThat(next().start()).isEqualTo(3);

        assertThat(ends).isEmpty();
    }

    @Test
    void theLossOfBothTakesTheDataBack() throws Exception {
        inSync();
        onePortionIsDone();
        driver.ended("container_1", KILLED);
        FakeCluster.Started standby = next();

        driver.ended("container_3", KILLED);

        FakeCluster.Started anew = next();
        assertThat(anew.standby()).isFalse();
        assertThat(anew.start()).isEqualTo(4);
        assertThat(cluster.stopped()).containsExactly(standby.container());
        assertThat(givenUp).as("it must not take over any more").containsExactly("0/3");
        assertThat(desk.view().ledger().portionsCompleted()).isZero();
        assertThat(await(j -> j.shards().get(0).restarts() == 1).events())
                .anyMatch(e -> e.text().contains("its updates since then are lost"));
        driver.ended(standby.container(), KILLED);
        assertThat(next().standby()).isTrue();
        await(j -> ends.equals(List.of("0/1", "0/2", "0/3")));
    }

    @Test
    void theLossOfAStandbyIsToldAndItComesBack() throws Exception {
        inSync();
        driver.ended("container_3", KILLED);

        FakeCluster.Started again = next();
        assertThat(again.standby()).isTrue();
        assertThat(again.start()).isEqualTo(3);
        JobSnapshot job = await(j -> j.failure() != null);
        assertThat(Objects.requireNonNull(job.failure()).role()).isEqualTo("standby of shard 0");
        assertThat(job.events()).anyMatch(e -> e.text().contains("another standby is asked for, and nothing is lost"));
        assertThat(job.state()).isEqualTo(JobState.TRAINING);
        assertThat(ends).containsExactly("0/2");
    }

    private void inSync() {
        serves(1, 2, 1);
        follows(2, 1);
        await(j -> j.state() == JobState.TRAINING);
    }

    private void onePortionIsDone() throws Exception {
        Reply reply;
        do {
            reply = desk.exchange(new Report(0, 1, 1, 1, List.of(), List.of(), List.of(), Progress.none()));
        } while (reply.leases().isEmpty());
        long lease = reply.leases().get(0).id();
        desk.exchange(new Report(0, 1, 2, 0, List.of(), List.of(new Completed(lease, 10)), List.of(), Progress.none()));
        assertThat(desk.view().ledger().portionsCompleted()).isEqualTo(1);
    }

    private void serves(long start, long other, double filled) {
        heard(start, new CopyStatus(true, other, filled, filled == 1));
    }

    private void follows(long start, long other) {
        heard(start, new CopyStatus(false, other, 1, true));
    }

    private void heard(long start, CopyStatus copy) {
        driver.shardHeard(new ShardStatus(
                0,
                start,
                10,
                100,
                0,
                new ShardCounters(0, 0, 0, 0, 0, 0, 0, 0),
                new Staleness(0, 0, 0, List.of()),
                List.of(),
                copy,
                ShardLoad.UNKNOWN));
    }

    private StandbyRow standby(Predicate<StandbyRow> is) {
        ShardRow row = await(
                        j -> is.test(Objects.requireNonNull(j.shards().get(0).standby())))
                .shards()
                .get(0);
        return Objects.requireNonNull(row.standby());
    }

    private JobSnapshot await(Predicate<JobSnapshot> condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            JobSnapshot job = driver.snapshot();
            if (condition.test(job)) {
                return job;
            }
            Thread.onSpinWait();
        }
        return fail("not within 20 s; the job is " + driver.snapshot());
    }

    private FakeCluster.Started next() throws InterruptedException {
        return Objects.requireNonNull(cluster.starts().poll(10, TimeUnit.SECONDS), "nothing was started");
    }

    private static Member copy(int number) {
        return Member.copy(0, number, 2);
    }
}
