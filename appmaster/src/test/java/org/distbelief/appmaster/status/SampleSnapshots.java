package org.distbelief.appmaster.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.distbelief.appmaster.status.JobSnapshot.Failure;
import org.distbelief.appmaster.status.JobSnapshot.LedgerRow;
import org.distbelief.appmaster.status.JobSnapshot.PartitionRow;
import org.distbelief.appmaster.status.JobSnapshot.Point;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.JobSnapshot.StandbyRow;
import org.distbelief.appmaster.status.ShardWork.Times;
import org.jspecify.annotations.Nullable;

/** A job with two shards and two replicas at the moments of its life, with fixed figures. */
public final class SampleSnapshots {
    public static final String APPLICATION = "application_1700000000000_0007";
    public static final long STARTED = 1_700_000_000_000L;
    private static final String LOG = "http://node1.example:8042/node/containerlogs/";

    private SampleSnapshots() {}

    /** 62 seconds in, in epoch 3 of 10; replica 1 was restarted. */
    public static JobSnapshot training() {
        return new Draft().build();
    }

    /** Before training: two of four containers run. */
    public static JobSnapshot starting() {
        return new Draft()
                .at(JobState.STARTING, 7, "waiting for 2 of 4 containers (1 GiB, 1 vcore each)")
                .examples(0)
                .build();
    }

    /** Ended because a replica failed too often. */
    public static JobSnapshot failed() {
        Draft draft = new Draft()
                .at(JobState.FAILED, 65, "Model replica 1 failed 4 times, more than cluster.maxFailures=3 allows");
        draft.failure = new Failure(
                "model replica 1",
                container(9),
                "node2.example",
                1,
                "the process ended with an error",
                List.of(
                        "ERROR replica 1: portion 17 of the data can't be read",
                        "java.io.EOFException: hdfs:/data/digits/train-00003.avro: expected a block of 65536 bytes at"
                                + " 1048576, found the end of the file",
                        "\tat org.distbelief.dataset.hdfs.AvroPortionRecords.next(AvroPortionRecords.java:88)"),
                LOG + container(9) + "/stderr");
        draft.events.add(new Event(STARTED + 65_000, "Model replica 1 failed for the 4th time; the job ends", true));
        return draft.build();
    }

    /** Ended with its result. */
    public static JobSnapshot succeeded() {
        Draft draft = new Draft()
                .at(JobState.SUCCEEDED, 185, "Trained 10 epochs; test accuracy 0.5752")
                .examples(3_456_780);
        draft.model = "hdfs://namenode.example:8020/user/ada/digits/model";
        draft.evaluation = new EvaluationRow("test", 38_400, 1.4142, 0.5752, 300, 0.99667);
        draft.events.add(new Event(STARTED + 184_000, "Evaluated 38,400 examples of the test split", false));
        return draft.build();
    }

    /** A running job whose user wrote markup, control characters and wide letters into every text. */
    public static JobSnapshot hostile() {
        Draft draft = new Draft().at(JobState.TRAINING, 62, "\u001b[2J<img src=x onerror=alert(1)>\nsecond \u0007line");
        draft.name = "<script>alert('job')</script>\"&\u4e2d\u6587";
        draft.log = "javascript:alert(2)";
        draft.events.add(new Event(STARTED + 61_000, "</li><script>alert(3)</script>\u001b]0;title\u0007", true));
        return draft.build();
    }

    /** A training job with that many shards and replicas. */
    public static JobSnapshot wide(int processes) {
        Draft draft = new Draft();
        draft.processes = processes;
        return draft.build();
    }

    /** The same job with replicas of two partitions. */
    public static JobSnapshot split() {
        Draft draft = new Draft();
        draft.partitions = 2;
        return draft.build();
    }

    /** The same job with three shards that have standbys, after one of them has taken over. */
    public static JobSnapshot replicated() {
        Draft draft = new Draft();
        draft.processes = 3;
        draft.standbys = true;
        draft.events.add(new Event(
                STARTED + 52_000,
                "shard 1 (container " + container(3) + " on node2.example, log " + LOG + container(3)
                        + ") ended with exit status 137: killed; its standby in " + container(21)
                        + " on node1.example takes over, no update is lost",
                true));
        return draft.build();
    }

    /** Before training, with shards that will have standbys. */
    public static JobSnapshot replicatedStarting() {
        Draft draft = new Draft()
                .at(JobState.STARTING, 7, "waiting for containers in queue default: 2 for standbys of shards")
                .examples(0);
        draft.standbys = true;
        return draft.build();
    }

    /** Before training with replicas of two partitions. */
    public static JobSnapshot splitStarting() {
        Draft draft = new Draft()
                .at(JobState.STARTING, 7, "waiting for 4 of 6 containers (1 GiB, 1 vcore each)")
                .examples(0);
        draft.partitions = 2;
        return draft.build();
    }

    /** The same job with other figures. */
    public static JobSnapshot trainingAt(long seconds, long examplesDone, Event... more) {
        Draft draft = new Draft()
                .at(JobState.TRAINING, seconds, "training epoch 3 of 10")
                .examples(examplesDone);
        draft.events.addAll(List.of(more));
        return draft.build();
    }

    private static String container(int number) {
        return "container_1700000000000_0007_01_%06d".formatted(number);
    }

    private static final class Draft {
        private String name = "spoken-digits";
        private JobState state = JobState.TRAINING;
        private String message = "training epoch 3 of 10";
        private long seconds = 62;
        private long done = 876_543;
        private String log = LOG;
        private int processes = 2;
        private int partitions = 1;
        private boolean standbys;
        private @Nullable String model;
        private @Nullable EvaluationRow evaluation;
        private @Nullable Failure failure;
        private final List<Event> events = new ArrayList<>(List.of(
                new Event(STARTED + 400, "The job has started", false),
                new Event(STARTED + 8_200, "All shards serve; training starts", false),
                new Event(
                        STARTED + 31_000,
                        "Model replica 1 (" + container(5) + " on node2.example) was lost: exit status 137, killed;"
                                + " it is started again",
                        true),
                new Event(STARTED + 40_000, "Checkpoint 000002 is committed at example 600,000", false)));

        private Draft at(JobState newState, long newSeconds, String newMessage) {
            state = newState;
            seconds = newSeconds;
            message = newMessage;
            return this;
        }

        private Draft examples(long examplesDone) {
            done = examplesDone;
            return this;
        }

        private JobSnapshot build() {
            boolean started = done > 0;
            long total = 3_456_780;
            return new JobSnapshot(
                    APPLICATION,
                    name,
                    "ada",
                    "train",
                    state,
                    message,
                    STARTED,
                    STARTED + seconds * 1000,
                    (double) done / total,
                    (int) Math.min(10, 1 + done * 10 / total),
                    10,
                    done,
                    total,
                    started ? 17_432.5 : 0,
                    started ? 1.5321 : null,
                    started && !state.ended() ? 148L : null,
                    "hdfs://namenode.example:8020/user/ada/digits",
                    model,
                    started ? new CheckpointRow("000002", STARTED + 40_000, 600_000, 5_033_164) : null,
                    new LedgerRow(24, started ? 61 : 0, started ? 870_000 : 0, started ? 2 : 0, started ? 1 : 0),
                    IntStream.range(0, processes)
                            .mapToObj(i -> shard(i, started))
                            .toList(),
                    IntStream.range(0, processes)
                            .mapToObj(i -> replica(i, started))
                            .toList(),
                    evaluation,
                    started ? series() : List.of(),
                    events.stream()
                            .filter(event -> event.atMillis() <= STARTED + seconds * 1000)
                            .toList(),
                    failure,
                    null,
                    List.of());
        }

        private ShardRow shard(int index, boolean started) {
            if (!started) {
                return new ShardRow(
                        index,
                        "starting",
                        container(2 + index),
                        "node1.example",
                        log + container(2 + index),
                        1,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        0,
                        standby(index, false));
            }
            return new ShardRow(
                    index,
                    state.ended() ? "stopped" : "running",
                    container(2 + index),
                    "node1.example",
                    log + container(2 + index) + "/stderr",
                    1,
                    264_232 + index,
                    8_760 + index,
                    8_760 + index,
                    3,
                    12,
                    8_764,
                    9_263_841_280L,
                    9_268_071_424L,
                    1.273,
                    7,
                    2_113_856,
                    0,
                    work(index),
                    standbys ? index % 2 : 0,
                    standby(index, true));
        }

        /** One in sync on another node, one that is filled beside its shard, and one that waits. */
        private @Nullable StandbyRow standby(int index, boolean started) {
            if (!standbys) {
                return null;
            }
            if (!started || index % 3 == 2) {
                return new StandbyRow(StandbyRow.WAITING, 0, null, null, null, 0, false);
            }
            boolean inSync = index % 3 == 0;
            return new StandbyRow(
                    inSync ? StandbyRow.IN_SYNC : StandbyRow.FILLING,
                    inSync ? 1 : 0.43,
                    container(20 + index),
                    inSync ? "node3.example" : "node1.example",
                    log + container(20 + index) + "/stderr",
                    2 + index,
                    !inSync);
        }

        private static ShardWork work(int index) {
            return new ShardWork(
                    141.2,
                    139.8,
                    147_849_216,
                    149_422_080,
                    6 + index,
                    2,
                    31_457_280,
                    5_242_880,
                    List.of(1_460L, 4_380L, 2_336L, 584L),
                    Map.of(
                            "fetch",
                            new Times(8_764, 910, 850, 1_250, 3_120, 30_100),
                            "push",
                            new Times(8_763, 1_620, 1_540, 2_210, 10_400, 1_203_000),
                            "pushLockWait",
                            new Times(8_760, 35, 12, 60, 410, 9_800),
                            "run",
                            new Times(412, 640, 580, 910, 2_450, 9_100)));
        }

        private ReplicaRow replica(int index, boolean started) {
            if (!started) {
                return new ReplicaRow(
                        index,
                        "waiting",
                        null,
                        null,
                        null,
                        IntStream.range(0, partitions)
                                .mapToObj(p -> new PartitionRow(p, "waiting", null, null, null, null))
                                .toList(),
                        "",
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        0,
                        0,
                        0,
                        0);
            }
            return new ReplicaRow(
                    index,
                    state.ended() ? "stopped" : "running",
                    container(4 + index * 2),
                    "node2.example",
                    log + container(4 + index * 2) + "/stderr",
                    IntStream.range(0, partitions)
                            .mapToObj(p -> partition(index, p))
                            .toList(),
                    partitions == 1 ? "" : "on 2 nodes of rack /rack1",
                    1 + index,
                    4_382,
                    438_271,
                    4_381,
                    8_716.2,
                    1.5012 + index / 16.0,
                    0.83,
                    0.14,
                    1,
                    seconds > 31 ? index % 2 : 0);
        }

        private PartitionRow partition(int replica, int index) {
            String container = container(4 + replica * 2 + index * 10);
            return new PartitionRow(
                    index,
                    state.ended() ? "stopped" : "running",
                    container,
                    index == 0 ? "node2.example" : "node3.example",
                    "/rack1",
                    log + container + "/stderr");
        }

        private List<Point> series() {
            List<Point> points = new ArrayList<>();
            for (int i = 9; i <= seconds; i++) {
                double t = (i - 8) / 30.0;
                double rate = i > 30 && i < 40 ? 9_100 : 17_400 + 600 * Math.sin(i * 1.7);
                points.add(new Point(i, (i - 8) * 16_000L, 1.3 + 3.1 * Math.exp(-t) + 0.03 * Math.sin(i * 2.3), rate));
            }
            return points;
        }
    }
}
