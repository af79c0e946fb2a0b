package org.distbelief.appmaster.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Group;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.Seat;
import org.distbelief.appmaster.status.CoordinatorRow;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.distbelief.appmaster.status.JobSnapshot.Failure;
import org.distbelief.appmaster.status.JobSnapshot.PartitionRow;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.status.SandblasterWork;
import org.distbelief.appmaster.work.ScoreSum;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.appmaster.work.WorkView;
import org.distbelief.appmaster.work.WorkView.ReplicaView;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.paramserver.shard.ShardStatus;
import org.jspecify.annotations.Nullable;

/** Puts together what a job looks like. Not safe for several threads. */
final class SnapshotBuilder {
    /** Training's share of a training job's progress; the rest is the held-out data. */
    private static final double TRAINING_SHARE = 0.97;

    private final JobIdentity job;
    private final WorkDesk desk;
    private final Map<Integer, ShardStatus> shards = new TreeMap<>();
    private final Map<Integer, ShardRates> rates = new TreeMap<>();
    private final Curve curve = new Curve();
    private @Nullable CheckpointRow checkpoint;
    private @Nullable String model;
    private @Nullable Failure failure;

    SnapshotBuilder(JobIdentity job, WorkDesk desk) {
        this.job = job;
        this.desk = desk;
    }

    /** A process of a shard answered; a row shows the one that serves, and what that says of its standby. */
    void shard(ShardStatus status) {
        if (!status.copy().serving()) {
            return;
        }
        ShardStatus kept =
                shards.merge(status.shard(), status, (old, now) -> now.generation() >= old.generation() ? now : old);
        rates.computeIfAbsent(status.shard(), shard -> new ShardRates()).heard(kept);
    }

    void failed(Group group, Seat seat, Ending ending) {
        failure = new Failure(
                group.name(seat),
                String.valueOf(seat.container()),
                seat.host(),
                ending.exitStatus(),
                ending.reason(),
                ending.lastLines(),
                seat.logs());
    }

    /** At a job's bad end: a failure is shown only if it is what ended the job. */
    void keepFailureOf(String reason) {
        Failure last = failure;
        if (last != null && !reason.contains(last.container())) {
            failure = null;
        }
    }

    void shardLost(int index) {
        shards.remove(index);
        rates.remove(index);
    }

    void checkpoint(@Nullable CheckpointRow row) {
        checkpoint = row;
    }

    Optional<CheckpointRow> lastCheckpoint() {
        return Optional.ofNullable(checkpoint);
    }

    void model(@Nullable String directory) {
        model = directory;
    }

    /** What the job does or waits for. */
    String message(JobState state, Roster roster) {
        long shardsWaiting = roster.waiting(Role.SHARD);
        long replicasWaiting = roster.waiting(Role.REPLICA);
        long standbysWaiting = roster.standbysWaiting();
        if (shardsWaiting + replicasWaiting + roster.waiting(Role.COORDINATOR) > 0 && state != JobState.SAVING) {
            return "waiting for containers in queue " + job.config().cluster().queue() + ": "
                    + Stream.of(
                                    waiting(
                                            shardsWaiting,
                                            "shards",
                                            job.config().shards()),
                                    waiting(
                                            replicasWaiting,
                                            "replicas",
                                            job.config().replicas()),
                                    waiting(
                                            roster.waiting(Role.COORDINATOR),
                                            "coordinators",
                                            job.config().coordinators()),
                                    waiting(
                                            standbysWaiting,
                                            "standbys of shards",
                                            job.config().shards()))
                            .flatMap(Optional::stream)
                            .collect(Collectors.joining(", "));
        }
        return doing(state)
                + (standbysWaiting == 0
                        ? ""
                        : "; no container yet for " + standbysWaiting + " of "
                                + job.config().shards().count() + " standbys");
    }

    private String doing(JobState state) {
        return switch (state) {
            case STARTING -> "waiting for the shards to serve";
            case TRAINING -> desk.view().warmingUp() ? "training (warm start: one replica alone)" : "training";
            case SAVING -> "writing the model";
            case EVALUATING -> "scoring held-out data";
            default -> state.name().toLowerCase(Locale.ROOT);
        };
    }

    private static Optional<String> waiting(long count, String role, ContainerConfig size) {
        return count == 0
                ? Optional.empty()
                : Optional.of(
                        count + " for " + role + " (" + size.memoryMib() + " MiB, " + size.vcores() + " vcores each)");
    }

    JobSnapshot build(JobState state, String message, List<Group> groups, List<Event> events, long now) {
        WorkView work = desk.view();
        double seconds = (now - job.startedMillis()) / 1000.0;
        if (state == JobState.TRAINING) {
            curve.offer(seconds, work.examplesTrained(), work.lossSum());
        }
        List<ShardRow> shardRows = new ArrayList<>();
        List<ReplicaRow> replicaRows = new ArrayList<>();
        List<CoordinatorRow> coordinatorRows = new ArrayList<>();
        double rate = 0;
        double lossSum = 0;
        double lossWeight = 0;
        for (Group group : groups) {
            if (group.role() == Role.SHARD) {
                shardRows.add(shardRow(group, shards.get(group.index())));
                continue;
            }
            if (group.role() == Role.COORDINATOR) {
                coordinatorRows.add(coordinatorRow(group));
                continue;
            }
            ReplicaView view = work.replicas().get(group.index());
            replicaRows.add(replicaRow(group, view));
            if (view != null && group.state() == Seat.State.RUNNING) {
                rate += view.examplesPerSecond();
                Double loss = view.loss();
                if (loss != null) {
                    lossSum += loss * Math.max(1e-9, view.examplesPerSecond());
                    lossWeight += Math.max(1e-9, view.examplesPerSecond());
                }
            }
        }
        List<JobSnapshot.Point> points = curve.points();
        @Nullable
        Double lastLoss =
                points.isEmpty() ? null : points.get(points.size() - 1).loss();
        return new JobSnapshot(
                job.application(),
                job.config().name(),
                job.user(),
                job.work().kind().word(),
                state,
                message,
                job.startedMillis(),
                now,
                progress(state, work),
                work.epoch(),
                work.sandblaster() == null ? job.config().downpour().epochs() : 0,
                work.examplesDone(),
                work.examplesTotal(),
                state == JobState.TRAINING ? rate : 0,
                loss(
                        state == JobState.TRAINING && lossWeight > 0 ? Double.valueOf(lossSum / lossWeight) : lastLoss,
                        work),
                state == JobState.TRAINING ? secondsLeft(work, rate) : null,
                job.work().output(),
                model,
                checkpoint,
                work.ledger(),
                shardRows,
                replicaRows,
                evaluation(),
                points,
                events,
                failure,
                work.sandblaster(),
                coordinatorRows);
    }

    /** Sandblaster's loss is that of its point over its batch: those of the replicas are of points on the way, too. */
    private static @Nullable Double loss(@Nullable Double ofReplicas, WorkView work) {
        SandblasterWork batches = work.sandblaster();
        return batches == null ? ofReplicas : batches.loss();
    }

    private static @Nullable Long secondsLeft(WorkView work, double rate) {
        SandblasterWork batches = work.sandblaster();
        if (batches != null) {
            OptionalLong left = batches.secondsLeft();
            return left.isPresent() ? Long.valueOf(left.getAsLong()) : null;
        }
        return rate > 0 && work.examplesTotal() > 0
                ? Long.valueOf(Math.round((work.examplesTotal() - work.examplesDone()) / rate))
                : null;
    }

    private static CoordinatorRow coordinatorRow(Group group) {
        Seat seat = group.leader();
        return new CoordinatorRow(
                group.index(),
                word(group.state()),
                seat.container(),
                seat.host(),
                seat.logs(),
                seat.start(),
                group.restarts());
    }

    private @Nullable EvaluationRow evaluation() {
        ScoreSum scores = desk.scores();
        return scores.examples() > 0 && desk.evaluationDone()
                ? scores.row(job.config().evaluation().split())
                : null;
    }

    private double progress(JobState state, WorkView work) {
        if (state == JobState.SUCCEEDED) {
            return 1;
        }
        double heldOut = work.heldOutTotal() == 0 ? 1 : (double) work.heldOutDone() / work.heldOutTotal();
        if (job.work().kind() == Work.Kind.EVALUATE) {
            return heldOut;
        }
        SandblasterWork batches = work.sandblaster();
        double trained = batches != null
                ? batches.share()
                : work.examplesTotal() == 0 ? 1 : (double) work.examplesDone() / work.examplesTotal();
        boolean heldOutCounts = work.heldOutTotal() > 0;
        return heldOutCounts ? trained * TRAINING_SHARE + heldOut * (1 - TRAINING_SHARE) : trained;
    }

    private static String word(Seat.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private ShardRow shardRow(Group group, @Nullable ShardStatus status) {
        ShardRates known = rates.get(group.index());
        Seat seat = group.leader();
        return new ShardRow(
                group.index(),
                word(group.state()),
                seat.container(),
                seat.host(),
                seat.logs(),
                seat.start(),
                status == null ? 0 : status.parameters(),
                status == null ? 0 : status.version(),
                status == null ? 0 : applied(status),
                status == null ? 0 : status.counters().duplicates(),
                status == null ? 0 : status.counters().dropped(),
                status == null ? 0 : status.counters().fetches(),
                status == null ? 0 : status.counters().bytesIn(),
                status == null ? 0 : status.counters().bytesOut(),
                status == null ? 0 : status.staleness().mean(),
                status == null ? 0 : status.staleness().max(),
                status == null ? 0 : status.memoryBytes(),
                group.restarts(),
                status == null || known == null ? null : known.work(status),
                group.copies().takeovers(),
                Standbys.row(group, status));
    }

    private static long applied(ShardStatus status) {
        return status.pushes().stream().mapToLong(p -> p.applied()).sum();
    }

    private static ReplicaRow replicaRow(Group group, @Nullable ReplicaView view) {
        Seat seat = group.leader();
        return new ReplicaRow(
                group.index(),
                word(group.state()),
                seat.container(),
                seat.host(),
                seat.logs(),
                group.seats().stream().map(SnapshotBuilder::partitionRow).toList(),
                group.seats().size() > 1 && group.launched()
                        ? Placement.of(group).text()
                        : "",
                seat.start(),
                view == null ? 0 : view.steps(),
                view == null ? 0 : view.examples(),
                view == null ? 0 : view.pushes(),
                view == null ? 0 : view.examplesPerSecond(),
                view == null ? null : view.loss(),
                view == null ? 0 : view.computeShare(),
                view == null ? 0 : view.waitShare(),
                view == null ? 0 : view.openLeases(),
                group.restarts());
    }

    private static PartitionRow partitionRow(Seat seat) {
        Place place = seat.place();
        return new PartitionRow(
                seat.member().partition(),
                word(seat.state()),
                seat.container(),
                seat.host(),
                place == null ? null : place.rack(),
                seat.logs());
    }
}
