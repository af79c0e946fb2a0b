package org.distbelief.appmaster.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.distbelief.appmaster.ledger.TrainingPosition;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Group;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.Roster;
import org.distbelief.appmaster.roster.RosterAction;
import org.distbelief.appmaster.roster.Seat;
import org.distbelief.appmaster.roster.YarnGateway;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.work.Work;
import org.distbelief.appmaster.work.WorkDesk;
import org.distbelief.conf.Optimiser;
import org.distbelief.paramserver.shard.ShardStatus;
import org.jspecify.annotations.Nullable;

/**
 * Carries a job from its first container to its result. All decisions are taken on the one thread that calls
 * {@link #run}; everybody else leaves events. Slow storage work runs on a thread of its own.
 */
public final class JobDriver implements YarnGateway.Listener {
    private static final long TICK_MILLIS = 100;

    private final JobIdentity job;
    private final Roster roster;
    private final WorkDesk desk;
    private final Saving saving;
    private final PreferredHosts hosts;
    private final ShardContainers shardContainers;
    private final LongSupplier clock;
    private final SnapshotBuilder snapshots;
    private SaveRetry saveRetry;
    private final EventLog events = new EventLog();
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();

    private @Nullable YarnGateway gateway;
    private JobState state = JobState.STARTING;
    private final Checkpointing checkpointing;
    private final Goodbye goodbye = new Goodbye();
    private @Nullable JobOutcome outcome;
    private volatile JobSnapshot latest;

    /**
     * @param storageThread runs {@code storage}; the caller shuts it down
     * @param dataHosts nodes that hold most of the data, where replicas would run best
     * @param restoresFrom the checkpoint that shards begin from; empty where they begin anew
     * @param shardEnds is told of processes of shards that have ended for certain
     * @param clock milliseconds since 1970
     */
    public JobDriver(
            JobIdentity job,
            Roster roster,
            WorkDesk desk,
            JobStorage storage,
            ExecutorService storageThread,
            List<String> dataHosts,
            Optional<String> restoresFrom,
            ShardEnds shardEnds,
            LongSupplier clock) {
        this.job = job;
        this.roster = roster;
        this.desk = desk;
        this.saving = new Saving(storage, storageThread);
        this.hosts = new PreferredHosts(dataHosts);
        this.shardContainers = new ShardContainers(shardEnds);
        this.clock = clock;
        this.snapshots = new SnapshotBuilder(job, desk);
        this.checkpointing =
                new Checkpointing(job.config().checkpoint().interval().toMillis(), restoresFrom);
        this.saveRetry = new SaveRetry(job.config().cluster().silenceTimeout());
        this.latest = snapshots.build(state, "starting", roster.groups(), List.of(), clock.getAsLong());
    }

    /** The job as it was a moment ago; for any thread. */
    public JobSnapshot snapshot() {
        return latest;
    }

    @Override
    public void allocated(long request, Place place) {
        queue.add(() -> perform(roster.allocated(request, place, clock.getAsLong())));
    }

    @Override
    public void ended(String container, Ending ending) {
        queue.add(() -> {
            shardContainers.ended(container, ending);
            if (ending.failed()) {
                roster.seats().stream()
                        .filter(seat -> container.equals(seat.container()))
                        .forEach(seat -> snapshots.failed(roster.group(seat.member()), seat, ending));
            }
            perform(roster.ended(container, ending, clock.getAsLong()));
        });
    }

    @Override
    public void shutdown(String reason, boolean killed) {
        queue.add(() -> end(killed ? JobState.KILLED : JobState.FAILED, reason));
    }

    /** A replica reported: its partition 0 for all of it. */
    public void replicaHeard(int replica, long incarnation) {
        queue.add(() -> roster.replicaHeard(replica, incarnation, clock.getAsLong()));
    }

    /** A coordinator reported. */
    public void coordinatorHeard(int coordinator, long start) {
        queue.add(() -> roster.coordinatorHeard(coordinator, start, clock.getAsLong()));
    }

    /** Name of the checkpoint that a shard which starts now takes its vectors from; empty for fresh ones. */
    public Optional<String> restoresFrom() {
        return checkpointing.restoresFrom();
    }

    /** A process of a shard answered: the one that serves, or a standby. */
    public void shardHeard(ShardStatus status) {
        queue.add(() -> {
            perform(roster.shardHeard(status.shard(), status.generation(), status.copy(), clock.getAsLong()));
            snapshots.shard(status);
        });
    }

    /**
     * Runs the job to its end.
     *
     * @param cluster where containers come from
     * @return how it ended
     */
    public JobOutcome run(YarnGateway cluster) throws InterruptedException {
        gateway = cluster;
        checkpointing.begin(desk.position(), clock.getAsLong());
        perform(roster.begin(clock.getAsLong()));
        while (outcome == null) {
            Runnable event = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            while (event != null) {
                event.run();
                event = queue.poll();
            }
            perform(roster.tick(clock.getAsLong()));
            if (outcome == null) {
                advance();
            }
            publish();
        }
        roster.seats().forEach(seat -> stop(cluster, seat));
        publish();
        return outcome;
    }

    private void advance() {
        switch (state) {
            case STARTING -> {
                if (roster.allShardsServe()) {
                    begin();
                }
            }
            case TRAINING -> train();
            case SAVING -> awaitModel();
            case EVALUATING -> {
                if (desk.evaluationDone()) {
                    sayGoodbye();
                }
            }
            default -> {}
        }
    }

    private void begin() {
        if (job.work().kind() == Work.Kind.TRAIN) {
            enter(JobState.TRAINING, "all shards serve; training begins");
            desk.train();
        } else {
            enter(JobState.EVALUATING, "evaluation begins");
            desk.evaluate();
        }
    }

    private void train() {
        collectCheckpoint();
        if (roster.allShardsServe()) {
            desk.shardsServe();
        }
        if (desk.trainingDone() && saving.idle()) {
            desk.settle();
            enter(JobState.SAVING, "training is complete; writing the model");
            saveModel();
        } else if (saving.idle() && checkpointing.due(clock.getAsLong()) && roster.allShardsServe()) {
            desk.checkpointPosition().ifPresent(p -> saving.checkpoint(p, restoresFrom()));
        }
    }

    private void collectCheckpoint() {
        if (!saving.done()) {
            return;
        }
        desk.checkpointEnded();
        try {
            taken(saving.take());
        } catch (IOException e) {
            checkpointing.failed(clock.getAsLong());
            events.add(clock.getAsLong(), "no checkpoint was taken: " + e.getMessage(), true);
        }
    }

    private void taken(Saving.Saved saved) {
        checkpointing.taken(saved, clock.getAsLong());
        snapshots.checkpoint(saved.checkpoint());
    }

    private void saveModel() {
        Optional<TrainingPosition> position = desk.position();
        if (position.isEmpty()) {
            throw new IllegalStateException("a model is saved without training");
        }
        saving.model(position.get(), restoresFrom());
    }

    private void awaitModel() {
        if (saving.idle()) {
            if (roster.allShardsServe() && saveRetry.mayTry(clock.getAsLong())) {
                saveModel();
            }
            return;
        }
        if (!saving.done()) {
            return;
        }
        if (!desk.trainingDone()) {
            saving.forget();
            enter(JobState.TRAINING, "a shard was lost while the model was written; training goes on");
            desk.train();
            return;
        }
        try {
            Saving.Saved saved = saving.take();
            taken(saved);
            snapshots.model(saved.model());
            events.add(clock.getAsLong(), "the model is written to " + saved.model(), false);
            if (desk.evaluationDone()) {
                sayGoodbye();
            } else {
                enter(JobState.EVALUATING, "scoring held-out data");
                desk.evaluate();
            }
        } catch (IOException e) {
            saveFailed(e.getMessage());
        }
    }

    private void saveFailed(@Nullable String cause) {
        long now = clock.getAsLong();
        if (saveRetry.failed(now)) {
            end(JobState.FAILED, "the model could not be written: " + cause);
        } else {
            events.add(now, "the model was not written, trying again: " + cause, true);
        }
    }

    /** Sends the replicas home and waits for them for a moment. */
    private void sayGoodbye() {
        if (!goodbye.said()) {
            desk.finish();
            perform(roster.close());
            goodbye.say(clock.getAsLong());
        }
        if (goodbye.over(roster.seats(), clock.getAsLong())) {
            end(JobState.SUCCEEDED, job.work().kind() == Work.Kind.TRAIN ? "trained" : "evaluated");
        } else {
            state = JobState.EVALUATING;
        }
    }

    private void enter(JobState next, String text) {
        state = next;
        events.add(clock.getAsLong(), text, false);
    }

    private void end(JobState how, String reason) {
        if (outcome == null) {
            state = how;
            if (how != JobState.SUCCEEDED) {
                snapshots.keepFailureOf(reason);
            }
            outcome = new JobOutcome(how, reason);
            events.add(clock.getAsLong(), reason, how != JobState.SUCCEEDED);
        }
    }

    private void perform(List<RosterAction> actions) {
        YarnGateway cluster = gateway;
        if (cluster == null) {
            throw new IllegalStateException("run was not called");
        }
        for (RosterAction action : actions) {
            if (action instanceof RosterAction.Request request) {
                cluster.request(request, hosts.of(request, roster.seats()));
            } else if (action instanceof RosterAction.Withdraw withdraw) {
                cluster.withdraw(withdraw.request());
            } else if (action instanceof RosterAction.Launch launch) {
                launch(cluster, launch);
            } else if (action instanceof RosterAction.Stop stop) {
                shardContainers.stopped(stop.container());
                cluster.stop(stop.container());
            } else if (action instanceof RosterAction.Lost lost) {
                lost(lost);
            } else if (action instanceof RosterAction.TakenOver takenOver) {
                events.add(clock.getAsLong(), takenOver.reason(), true);
            } else if (action instanceof RosterAction.Note note) {
                events.add(clock.getAsLong(), note.text(), note.bad());
            } else if (action instanceof RosterAction.Fail fail) {
                end(JobState.FAILED, fail.reason());
            }
        }
    }

    private void launch(YarnGateway cluster, RosterAction.Launch launch) {
        Member member = launch.member();
        Group group = roster.group(member);
        if (member.role() == Role.REPLICA && group.launched()) {
            String host = group.leader().host();
            desk.started(member.index(), launch.start(), host == null ? "" : host);
        }
        if (member.role() == Role.COORDINATOR) {
            desk.coordinatorStarted(member.index(), launch.start());
        }
        shardContainers.launched(launch);
        Seat seat = group.seats().get(member.partition());
        String text = group.name(seat) + " starts in " + launch.container() + " on " + seat.host();
        events.add(clock.getAsLong(), text, false);
        cluster.launch(launch);
    }

    private void lost(RosterAction.Lost lost) {
        Member member = lost.member();
        String more = switch (member.role()) {
            case REPLICA -> desk.lost(member.index()) + " portions go back";
            case COORDINATOR -> desk.coordinatorLost(member.index());
            case SHARD -> shardLost(member.index());
        };
        events.add(clock.getAsLong(), lost.reason() + "; " + more, true);
    }

    private String shardLost(int shard) {
        snapshots.shardLost(shard);
        if (state == JobState.EVALUATING) {
            return "it returns with the trained parameters";
        }
        if (job.config().optimiser() == Optimiser.DOWNPOUR) {
            return goBack() + "; its updates since then are lost, and the data since then is read again";
        }
        collectCheckpoint();
        saving.forget();
        desk.checkpointEnded();
        perform(roster.restartShardsBeside(shard, clock.getAsLong()));
        return goBack() + ", and all others with it; the iterations since then are done again";
    }

    /** A shard returns from the last checkpoint, so training goes back to it too. */
    private String goBack() {
        checkpointing.position().ifPresent(desk::goBack);
        if (state == JobState.SAVING && saving.idle() && !desk.trainingDone()) {
            saveRetry = new SaveRetry(job.config().cluster().silenceTimeout());
            enter(JobState.TRAINING, "training goes on");
            desk.train();
        }
        return snapshots
                .lastCheckpoint()
                .map(c -> "it returns from " + c.name())
                .orElse("it begins where this run began, since there is no checkpoint yet");
    }

    private static void stop(YarnGateway cluster, Seat seat) {
        String container = seat.container();
        if (container != null && seat.state() != Seat.State.STOPPED) {
            cluster.stop(container);
        }
    }

    private void publish() {
        JobOutcome end = outcome;
        String message = end != null ? end.message() : snapshots.message(state, roster);
        latest = snapshots.build(state, message, roster.groups(), events.list(), clock.getAsLong());
    }
}
