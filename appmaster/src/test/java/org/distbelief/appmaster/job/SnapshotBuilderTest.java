package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.RosterSettings;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.PartitionRow;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.work.SandblasterDesk;
import org.distbelief.appmaster.work.TestLedgers;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.JobFile;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Standing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a job of one shard and two replicas of two partitions looks like. */
class SnapshotBuilderTest {
    private static final String JOB = """
            output: out
            data: {path: data}
            model: {layers: [fullyConnected: {units: 3}]}
            replicas: {count: 2, partitions: 2}
            """;

    private final Roster roster =
            new Roster(new RosterSettings(1, 1, 2, 2, 0, Duration.ofHours(1), Duration.ofMinutes(1), 3), 0);
    private final WorkDesk desk = new WorkDesk(TestLedgers.of(4, 1, 2), null, new WarmStart(0), () -> 0);
    private final SnapshotBuilder builder = new SnapshotBuilder(identity(), desk);

    private static JobIdentity identity() {
        return new JobIdentity(
                "application_1_1",
                "user",
                new Work(Work.Kind.TRAIN, "out", "data", null, null),
                JobFile.read("job.yaml", JOB, List.of()).config(),
                0);
    }

    @BeforeEach
    void begin() {
        roster.begin(0);
        roster.allocated(1, place("s", "node0"), 0);
    }

    @Test
    void aReplicaWaitsUntilAllItsPartitionsHaveContainers() {
        roster.allocated(2, place("a0", "node1"), 0);

        assertThat(builder.message(JobState.STARTING, roster))
                .isEqualTo("waiting for containers in queue default: 3 for replicas (1024 MiB, 1 vcores each)");
        ReplicaRow row = replica();
        assertThat(row.state()).isEqualTo("waiting");
        assertThat(row.placement()).isEmpty();
        assertThat(row.container()).isEqualTo("a0");
        assertThat(row.partitions())
                .containsExactly(
                        new PartitionRow(0, "starting", "a0", "node1", "/r1", "log/a0"),
                        new PartitionRow(1, "waiting", null, null, null, null));
    }

    @Test
    void aReplicaRunsWhenAllItsPartitionsDo() {
        roster.allocated(2, place("a0", "node1"), 0);
        roster.allocated(3, place("a1", "node2"), 0);
        assertThat(replica().state()).isEqualTo("starting");
        assertThat(replica().placement()).isEqualTo("on 2 nodes of rack /r1");

        roster.replicaHeard(0, 1, 1);

        assertThat(replica().state()).isEqualTo("running");
        assertThat(replica().partitions()).extracting(PartitionRow::state).containsExactly("running", "running");
        assertThat(replica().incarnation()).isEqualTo(1);
    }

    @Test
    void aPushOfAllPartitionsIsOneThatPartition0HasReported() throws MasterException {
        roster.allocated(2, place("a0", "node1"), 0);
        roster.allocated(3, place("a1", "node1"), 0);
        desk.started(0, 1, "node1");
        roster.replicaHeard(0, 1, 1);
        desk.exchange(new Report(0, 1, 1, 0, List.of(), List.of(), List.of(), pushed(7)));
        assertThat(replica().pushesAcknowledged()).isEqualTo(7);

        roster.ended("a1", Ending.of(1, Ending.Cause.FAILED, "crash"), 2);
        desk.lost(0);

        assertThat(replica().state()).isEqualTo("waiting");
        assertThat(replica().restarts()).isEqualTo(1);
        assertThat(replica().container()).isNull();
        assertThat(replica().pushesAcknowledged())
                .as("goes on over incarnations")
                .isEqualTo(7);
    }

    @Test
    void whileStandbysWaitTheJobSaysSoAndWhatItDoes() {
        Roster copies = new Roster(new RosterSettings(1, 2, 0, 1, 0, Duration.ofHours(1), Duration.ofMinutes(1), 3), 0);
        copies.begin(0);
        assertThat(builder.message(JobState.STARTING, copies))
                .isEqualTo("waiting for containers in queue default: 1 for shards (512 MiB, 1 vcores each),"
                        + " 1 for standbys of shards (512 MiB, 1 vcores each)");
        copies.allocated(1, place("s", "node0"), 0);
        assertThat(builder.message(JobState.TRAINING, copies))
                .isEqualTo("training; no container yet for 1 of 1 standbys");
        copies.allocated(2, place("t", "node1"), 0);

        assertThat(builder.message(JobState.TRAINING, copies)).isEqualTo("training");
    }

    @Test
    void ofSandblasterIterationsCountAndThereAreNoEpochs() throws MasterException {
        AtomicLong clock = new AtomicLong(1_000);
        SandblasterDesk batches = new SandblasterDesk(SandblasterPosition.START, 50, 0, clock::get);
        WorkDesk leading = new WorkDesk(batches, TestLedgers.of(4, 1, 2), clock::get);
        SnapshotBuilder shown = new SnapshotBuilder(identity(), leading);
        leading.coordinatorStarted(0, 1);
        leading.train();
        leading.shardsServe();
        JobSnapshot before = shown.build(JobState.TRAINING, "training", roster.groups(), List.of(), 1_000);
        assertThat(before.secondsLeft()).isNull();
        assertThat(before.loss()).isNull();

        long term = batches.coordinate(report(0, Optional.empty())).term();
        for (int iteration = 0; iteration <= 5; iteration++) {
            clock.addAndGet(2_000);
            batches.coordinate(report(term, Optional.of(standing(iteration, 3.0 - iteration / 10.0))));
        }

        JobSnapshot job = shown.build(JobState.TRAINING, "training", roster.groups(), List.of(), 14_000);
        assertThat(job.epochs()).isZero();
        assertThat(job.examplesTotal()).isZero();
        assertThat(job.loss()).isEqualTo(2.5);
        assertThat(job.secondsLeft()).isEqualTo(90);
        assertThat(job.progress()).isBetween(0.09, 0.1);
    }

    private static CoordinatorReport report(long term, Optional<Standing> standing) {
        return new CoordinatorReport(0, 1, true, term > 0, term, standing, false, Optional.empty(), "");
    }

    private static Standing standing(long iteration, double loss) {
        return new Standing(iteration, loss, 1, 1, 1, iteration * 10, List.of("parameters"), true, "{}");
    }

    private static Progress pushed(long pushes) {
        return new Progress(pushes, pushes * 10, 1, 0, pushes, pushes, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private ReplicaRow replica() {
        return builder.build(JobState.TRAINING, "training", roster.groups(), List.of(), 1_000)
                .replicas()
                .get(0);
    }

    private static Place place(String container, String host) {
        return new Place(container, host, "/r1", "log/" + container);
    }
}
