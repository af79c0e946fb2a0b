package org.distbelief.container.downpour;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.client.ShardedParameters;
import org.jspecify.annotations.Nullable;

/**
 * A model replica of Downpour SGD (paper, section 4.1), or the first of its partitions, which leads: it leases
 * portions, reads examples and takes steps with them, see {@link DownpourSteps}. The other partitions follow its
 * orders, see {@link DownpourFollower}.
 *
 * <p>A training portion is reported complete when the push with its last example was acknowledged by all shards, in all
 * partitions.
 */
public final class DownpourWorker implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final ModelReplica replica;
    private final PortionReader reader;
    private final ReplicaOrders orders;
    private final MasterLink link;
    private final ProgressMeter meter;
    private final @Nullable Evaluator evaluator;

    private final MiniBatch batch;
    private final Pacer pacer;
    private final DownpourSteps steps;
    private final Followers followers;
    /** Acknowledged here; in the other partitions perhaps not yet. */
    private final Deque<DownpourSteps.Pushed> acknowledged = new ArrayDeque<>();

    private boolean asked;

    /**
     * Nothing runs before {@link #run}, but memory for gradients is allocated. What is handed in stays the caller's.
     *
     * @param evaluator scores held-out data in the evaluation phase; null where the job has none
     */
    public DownpourWorker(
            DownpourSettings settings,
            ModelReplica replica,
            PortionReader reader,
            ShardedParameters shards,
            ReplicaOrders orders,
            MasterLink link,
            ProgressMeter meter,
            @Nullable Evaluator evaluator) {
        this.replica = replica;
        this.reader = reader;
        this.orders = orders;
        this.link = link;
        this.meter = meter;
        this.evaluator = evaluator;
        this.batch = replica.newBatch();
        this.followers = new Followers(replica, System::nanoTime);
        this.pacer = new Pacer(settings, shards, true, followers::number);
        this.steps = new DownpourSteps(settings, replica, shards, pacer, meter, this::acknowledged);
        steps.whileWaiting(followers::keepWaiting);
    }

    /**
     * Trains and evaluates until the master says that the job is done.
     *
     * @throws DivergedException where the loss, or a gradient that is to be clipped, is no number any more
     * @throws org.distbelief.container.report.LostMasterException where the master is gone
     * @throws org.distbelief.container.exchange.NeighbourException where another partition is lost
     * @throws Exception what ended the reading of data, a fetch or a push
     */
    public void run() throws Exception {
        for (Phase phase = orders.phase(); phase != Phase.FINISH; phase = orders.phase()) {
            if (phase == Phase.EVALUATE) {
                pushRest();
                steps.pause();
                evaluate();
                continue;
            }
            long start = System.nanoTime();
            boolean unfinished = steps.unfinished();
            int examples = reader.draw(batch, unfinished && reader.exhausted() ? Duration.ZERO : LOOK);
            meter.waited(System.nanoTime() - start);
            askForPortions();
            if (examples == 0) {
                pause();
            } else {
                long pushes = steps.pushes();
                steps.step(batch, reader.takeDrawnOut());
                followers.stepped();
                complete(steps.pushes() > pushes);
            }
        }
        followers.finish();
    }

    /** Tells the master soon when there is use for portions again; the link itself goes on asking. */
    private void askForPortions() {
        boolean wanting = reader.wanted() > 0;
        if (wanting && !asked) {
            link.wake();
        }
        asked = wanting;
    }

    /** There is no data for now: what has accrued must not wait, and parameters will be old when data comes. */
    private void pause() throws Exception {
        pushRest();
        steps.pause();
        for (Completed done : reader.takeDrawnOut()) {
            link.complete(done);
        }
    }

    private void pushRest() throws Exception {
        if (steps.unfinished() || followers.unflushed()) {
            followers.flush();
            steps.flush();
            followers.await();
        } else {
            followers.keepWaiting();
        }
        acknowledged.forEach(done -> done.completed().forEach(link::complete));
        acknowledged.clear();
    }

    private void acknowledged(DownpourSteps.Pushed pushed) {
        if (replica.plan().partitions() == 1) {
            pushed.completed().forEach(link::complete);
        } else if (!pushed.completed().isEmpty()) {
            acknowledged.add(pushed);
        }
    }

    /**
     * Reports the portions of pushes that were acknowledged here, once they are in the other partitions as well.
     *
     * @param pushed whether the step has pushed; where replicas go in step, the next turn must not be asked for before
     *     all of that push is on the shards
     */
    private void complete(boolean pushed) {
        DownpourSteps.Pushed last = acknowledged.peekLast();
        boolean waits = pushed && pacer.inStep() && replica.plan().partitions() > 1;
        if (last != null || waits) {
            followers.awaitPush(waits ? steps.pushes() : requireNonNull(last).number());
            acknowledged.forEach(done -> done.completed().forEach(link::complete));
            acknowledged.clear();
        }
    }

    /** Scores portions until the phase is over, all with the parameters as they were when it began. */
    private void evaluate() throws Exception {
        Evaluator scorer = evaluator;
        if (scorer == null) {
            throw new IllegalStateException("expected no evaluation phase in a job without evaluation");
        }
        followers.fetch();
        steps.fetchNow();
        steps.forgetParameters();
        while (orders.phase() == Phase.EVALUATE) {
            Lease lease = orders.nextEvaluation(LOOK).orElse(null);
            if (lease == null) {
                followers.keepWaiting();
            } else {
                link.score(scorer.score(lease));
            }
        }
    }

    /** Ends the threads of fetches and pushes; one under way is interrupted. */
    @Override
    public void close() {
        steps.close();
    }
}
