package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.distbelief.conf.Sizes;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Coordinator;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.data.PortionExamples;
import org.distbelief.container.downpour.Evaluator;
import org.distbelief.container.downpour.ReplicaOrders;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardedParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model replica of Sandblaster L-BFGS (paper, section 4.2), or the first of its partitions, which leads: it computes
 * loss and gradient of the portions that the coordinator gives it, keeps them apart until it hears that they count, and
 * pushes what has come together when it is told to. The other partitions follow, see {@link SandblasterFollower}. The
 * ApplicationMaster has a say in when training is over, and in the evaluation after it.
 *
 * <p>A portion's loss is the sum over its labelled examples, each with the penalty for the weights' decay, and so is
 * its gradient. It is made mini-batch by mini-batch in the stored order and depends on nothing but the point, the
 * batch's noise, the portion, the size of mini-batches and the number of partitions: wherever it is computed, not a bit
 * differs.
 */
public final class SandblasterWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandblasterWorker.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    /**
     * How often the other partitions are asked for the end of their part of a push when there is nothing else to do.
     */
    private static final Duration PUSH_LOOK = Duration.ofMillis(20);
    /** How long an idle replica waits for the end of its push before it asks for something to do. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final SandblasterSettings settings;
    private final ReplicaOrders orders;
    private final MasterLink master;
    private final ProgressMeter meter;
    private final PortionCache cache;
    private final @Nullable Evaluator evaluator;
    private final MiniBatch miniBatch;
    private final Semaphore news = new Semaphore(0);
    private final Team team;
    private final CoordinatorLink coordinator;

    private @Nullable BatchOrder batch;
    private double penalty;
    private @Nullable OpenPortion working;
    private @Nullable Done done;
    private final List<Integer> bundle = new ArrayList<>();
    /** The push of this batch that the coordinator has yet to hear the end of. */
    private @Nullable PushOrder pushing;

    /** Whether a push is under way, perhaps one that is void. */
    private boolean underWay;

    private long pushBegun;
    private long missingSince;
    private long reported = System.nanoTime();

    /**
     * Memory for gradients is allocated, and the first sign of life may be sent. What is handed in stays the caller's,
     * but the coordinator.
     *
     * @param replica with one copy of the parameters; its mini-batches are the job's
     * @param cache where examples come from
     * @param push how bundles get to the shards
     * @param coordinator the conversation; closed with the worker
     * @param orders what the master says, from {@link ReplicaOrders#coordinated}
     * @param evaluator scores held-out data in the evaluation phase; null where the job has none
     */
    public SandblasterWorker(
            SandblasterSettings settings,
            ModelReplica replica,
            PortionCache cache,
            ShardedParameters shards,
            BundlePush push,
            Coordinator coordinator,
            ReplicaOrders orders,
            MasterLink master,
            ProgressMeter meter,
            @Nullable Evaluator evaluator) {
        this.settings = settings;
        this.orders = orders;
        this.master = master;
        this.meter = meter;
        this.cache = cache;
        this.evaluator = evaluator;
        this.miniBatch = replica.newBatch();
        this.team = new Team(replica, new SandblasterSteps(replica, shards, push, meter, news::release));
        this.coordinator = new CoordinatorLink(settings, coordinator, news::release);
    }

    /**
     * Computes and evaluates until the master says that the job is done.
     *
     * @throws org.distbelief.container.coordinator.CoordinatorRefusedException where the replica has been replaced
     * @throws org.distbelief.container.report.LostMasterException where the master is gone
     * @throws org.distbelief.container.exchange.NeighbourException where another partition is lost
     * @throws Exception what ended the conversation with the coordinator, the reading of data, a fetch or a push
     */
    public void run() throws Exception {
        for (Phase phase = orders.phase(); phase != Phase.FINISH; phase = orders.phase()) {
            if (phase == Phase.EVALUATE) {
                evaluate();
            } else if (heardOfPush() || working == null || coordinator.wanted()) {
                askOrWait();
            } else {
                compute(working);
            }
        }
        team.finish();
    }

    /** Looks for the end of a push; says whether there is one that the coordinator should hear of. */
    private boolean heardOfPush() throws Exception {
        if (!underWay) {
            return false;
        }
        Team.Push push = team.pushed();
        if (push == Team.Push.UNDER_WAY) {
            return false;
        }
        underWay = false;
        meter.pushAcknowledged(0, System.nanoTime() - pushBegun);
        if (pushing != null && push == Team.Push.NOT_TAKEN) {
            LOG.warn("The vector of push {} was gone: beginning anew", pushing.number());
            forget();
        }
        return true;
    }

    /** Reports; but where all that is left is a push under way, its end is waited for first, for a while. */
    private void askOrWait() throws Exception {
        boolean idle = working == null && done == null && underWay && pushing != null;
        if (idle && !coordinator.wanted() && System.nanoTime() - reported < IDLE.toNanos()) {
            long start = System.nanoTime();
            if (news.tryAcquire(PUSH_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
            meter.waited(System.nanoTime() - start);
            team.keepWaiting();
        } else {
            report();
        }
    }

    private void report() throws Exception {
        boolean pushed = pushing != null && !underWay;
        WorkReport report = new WorkReport(
                settings.replica(),
                settings.incarnation(),
                0,
                Optional.ofNullable(batch).map(BatchOrder::id),
                Optional.ofNullable(done),
                Optional.ofNullable(working).map(OpenPortion::portion),
                bundle,
                Optional.ofNullable(pushing).map(PushOrder::number),
                pushed,
                !underWay);
        long start = System.nanoTime();
        Optional<WorkReply> reply = coordinator.report(report);
        reported = System.nanoTime();
        meter.waited(reported - start);
        if (reply.isPresent()) {
            if (pushed) {
                pushing = null;
            }
            follow(reply.get());
        }
        team.keepWaiting();
        coordinator.working(
                Optional.ofNullable(batch).map(BatchOrder::id),
                Optional.ofNullable(working).map(OpenPortion::portion));
    }

    private void follow(WorkReply reply) throws Exception {
        BatchOrder wanted = reply.batch().orElse(null);
        BatchOrder now = batch;
        if (wanted == null) {
            forget();
            return;
        }
        if (now == null || !now.id().equals(wanted.id())) {
            forget();
            if (!begin(wanted)) {
                return;
            }
        }
        verdict(reply.keep(), reply.drop());
        reply.push().ifPresent(this::push);
        cache.ahead(reply.ahead());
        compute(reply.compute());
    }

    /** Everything is void. */
    private void forget() {
        dropWorking();
        batch = null;
        done = null;
        pushing = null;
        bundle.clear();
    }

    private void dropWorking() {
        OpenPortion old = working;
        if (old != null) {
            meter.completed(old.taken());
            working = null;
        }
    }

    /** Gets the parameters of a new batch; says whether they were there. */
    private boolean begin(BatchOrder order) throws Exception {
        // A fetch may take long.
        coordinator.working(Optional.of(order.id()), Optional.empty());
        OptionalDouble found = team.fetch(order.point());
        if (found.isPresent()) {
            batch = order;
            penalty = found.getAsDouble();
            missingSince = 0;
            return true;
        }
        // The order may be older than what the shards were told last: ask again.
        long now = System.nanoTime();
        missingSince = missingSince == 0 ? now : missingSince;
        if (now - missingSince > settings.bound().toNanos()) {
            throw new IOException("expected the vector '" + order.point() + "', the point of " + order.id()
                    + ", on all shards, found it missing for more than " + Sizes.text(settings.bound()));
        }
        LOG.info("The point of {}, '{}', is not on all shards; asking again", order.id(), order.point());
        news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        return false;
    }

    /** What becomes of the portion that is done, and of those before it. */
    private void verdict(boolean keep, boolean drop) {
        if (drop && !bundle.isEmpty()) {
            bundle.clear();
            team.drop();
        }
        Done judged = done;
        done = null;
        // The loss of one that can't be computed counts, but there is nothing of it to be pushed.
        if (judged != null && keep && Double.isFinite(judged.lossSum())) {
            bundle.add(judged.portion());
            team.keep();
        }
    }

    private void push(PushOrder order) {
        if (underWay || pushing != null) {
            LOG.warn("Push {} is not begun: there is no room for it, as was reported", order.number());
            return;
        }
        meter.pushBegun();
        pushBegun = System.nanoTime();
        pushing = order;
        bundle.clear();
        team.push(order.into());
        underWay = true;
    }

    private void compute(Optional<Integer> portion) {
        OpenPortion old = working;
        if (old != null && portion.isPresent() && portion.get() == old.portion()) {
            return;
        }
        dropWorking();
        if (portion.isPresent()) {
            working = new OpenPortion(cache.open(portion.get()));
            team.begin();
        }
    }

    /** Computes the next mini-batch of a portion, if it has been read. */
    private void compute(OpenPortion portion) throws Exception {
        BatchOrder order = batch;
        if (order == null) {
            throw new IllegalStateException("expected a batch that portion " + portion.portion() + " is of");
        }
        long start = System.nanoTime();
        int count = portion.examples().fill(miniBatch, LOOK);
        long filled = System.nanoTime();
        meter.waited(filled - start);
        if (count == PortionExamples.NOT_YET) {
            team.keepWaiting();
            return;
        }
        if (count > 0) {
            double loss = team.add(miniBatch, portion.noise(order.noise()));
            portion.add(count, loss);
            meter.step(count, loss, System.nanoTime() - filled);
        }
        if (portion.ended()) {
            done = portion.done(penalty, portion.finite() && team.finite());
            dropWorking();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while computing portion " + portion.portion());
        }
    }

    /** Scores portions until the phase is over, all with the parameters that training ended with. */
    private void evaluate() throws Exception {
        Evaluator scorer = evaluator;
        if (scorer == null) {
            throw new IllegalStateException("expected no evaluation phase in a job without evaluation");
        }
        forget();
        coordinator.pause();
        if (team.fetch(VectorName.PARAMETERS).isEmpty()) {
            throw new IllegalStateException("expected the vector '" + VectorName.PARAMETERS + "' on all shards");
        }
        while (orders.phase() == Phase.EVALUATE) {
            Lease lease = orders.nextEvaluation(LOOK).orElse(null);
            if (lease == null) {
                team.keepWaiting();
            } else {
                master.score(scorer.score(lease));
            }
        }
    }

    /** Ends the conversation with the coordinator and the thread that pushes; a push under way is interrupted. */
    @Override
    public void close() {
        try {
            coordinator.close();
        } finally {
            team.close();
        }
    }
}
