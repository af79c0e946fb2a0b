package org.distbelief.appmaster.status;

import static org.distbelief.appmaster.status.SampleSnapshots.STARTED;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.distbelief.appmaster.status.JobSnapshot.LedgerRow;
import org.distbelief.appmaster.status.SandblasterWork.BatchWork;
import org.distbelief.appmaster.status.SandblasterWork.IterationPoint;
import org.distbelief.appmaster.status.SandblasterWork.ReplicaPortions;
import org.jspecify.annotations.Nullable;

/** The job of {@link SampleSnapshots} trained by Sandblaster L-BFGS, at the moments of its life. */
public final class SampleSandblaster {
    private static final int ITERATIONS = 100;
    private static final String STOPPED =
            "the last iteration has lowered the loss by too little (sandblaster.lossTolerance)";

    private SampleSandblaster() {}

    /** 62 seconds in, in iteration 32; coordinator 0 was lost, and coordinator 1 leads. */
    public static JobSnapshot training() {
        return of(SampleSnapshots.training(), 31, null);
    }

    /** Before the first evaluation is done. */
    public static JobSnapshot starting() {
        return of(SampleSnapshots.starting(), -1, null);
    }

    /** It knows nothing but the loss at the start. */
    public static JobSnapshot begun() {
        return of(SampleSnapshots.trainingAt(60, 1), 0, null);
    }

    /** It has ended by itself after 88 of at most 100 iterations. */
    public static JobSnapshot succeeded() {
        return of(SampleSnapshots.succeeded(), 88, STOPPED);
    }

    private static JobSnapshot of(JobSnapshot job, long iteration, @Nullable String ended) {
        SandblasterWork work = iteration < 0
                ? new SandblasterWork(0, ITERATIONS, null, null, 0, null, 0, 0, null, null, List.of())
                : work(iteration, ended);
        CheckpointRow saved = job.checkpoint();
        return new JobSnapshot(
                job.application(),
                job.name(),
                job.user(),
                job.kind(),
                job.state(),
                message(job),
                job.startedMillis(),
                job.nowMillis(),
                job.state() == JobState.SUCCEEDED ? 1 : 0.97 * work.share(),
                0,
                0,
                0,
                0,
                job.examplesPerSecond(),
                work.loss(),
                job.state() == JobState.TRAINING && work.secondsLeft().isPresent()
                        ? Long.valueOf(work.secondsLeft().getAsLong())
                        : null,
                job.output(),
                job.model(),
                saved == null ? null : new CheckpointRow(saved.name(), saved.atMillis(), 876_000, 55_364_804),
                new LedgerRow(3, 0, 0, 0, 0),
                job.shards(),
                job.replicas(),
                job.evaluation(),
                job.series(),
                events(job),
                job.failure(),
                work,
                List.of(coordinator(0, job.state(), iteration < 0 ? 0 : 1), coordinator(1, job.state(), 0)));
    }

    private static String message(JobSnapshot job) {
        return switch (job.state()) {
            case TRAINING -> "training";
            case SUCCEEDED -> "Trained 88 iterations; test accuracy 0.5752";
            default -> job.message();
        };
    }

    private static SandblasterWork work(long iteration, @Nullable String ended) {
        List<IterationPoint> series = new ArrayList<>();
        for (long i = 0; i <= iteration; i++) {
            series.add(new IterationPoint(
                    i,
                    STARTED + 9_000 + i * 1_500,
                    1.3 + 3.1 * Math.exp(-i / 9.0),
                    0.4 * Math.exp(-i / 12.0),
                    i == 0 ? 0 : i % 7 == 0 ? 0.3125 : 1,
                    i % 7 == 0 ? 3 : 1));
        }
        IterationPoint last = series.get(series.size() - 1);
        boolean over = ended != null;
        return new SandblasterWork(
                iteration,
                ITERATIONS,
                last.loss(),
                last.gradientNorm(),
                48_000 * (iteration + 1),
                over ? null : 1,
                2,
                2,
                ended,
                new BatchWork(
                        24,
                        over ? 24 : 17,
                        17_433,
                        iteration + 2,
                        61,
                        14,
                        9,
                        2,
                        61_440 * (iteration + 2),
                        33_792 * (iteration + 2),
                        List.of(
                                new ReplicaPortions(0, 14 * iteration + 3),
                                new ReplicaPortions(1, 10 * iteration + 2))),
                series);
    }

    private static List<Event> events(JobSnapshot job) {
        List<Event> events = new ArrayList<>(job.events());
        if (job.state() == JobState.TRAINING) {
            events.add(new Event(
                    STARTED + 44_000,
                    "coordinator 0 (container_1700000000000_0007_01_000010 on node1.example) ended with exit status"
                            + " 137: killed; it led: another goes on from iteration 22",
                    true));
        }
        return events;
    }

    private static CoordinatorRow coordinator(int index, JobState state, int restarts) {
        if (state == JobState.STARTING && index == 1) {
            return new CoordinatorRow(index, "waiting", null, null, null, 0, 0);
        }
        String container = "container_1700000000000_0007_01_0000" + (10 + index);
        return new CoordinatorRow(
                index,
                state.ended() ? "stopped" : "running",
                container,
                "node" + (index + 1) + ".example",
                "http://node1.example:8042/node/containerlogs/" + container + "/stderr",
                1 + restarts,
                restarts);
    }
}
