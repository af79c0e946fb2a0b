package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.distbelief.container.master.Phase;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
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
 *
 * <p>While a report is under way the replica computes on; after a portion, that is the portion which the coordinator
 * has told it to read ahead. Where it gets another one, what it has of that is dropped: the coordinator does not know
 * of it.
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
    private final ProgressMeter meter;
    private final PortionCache cache;
    private final HeldOut heldOut;
    private final MiniBatch miniBatch;
    private final Semaphore news = new Semaphore(0);
    private final Team team;
    private final CoordinatorLink coordinator;

    private @Nullable BatchOrder batch;
    private double penalty;
    private @Nullable OpenPortion working;
    /** Whether the coordinator has yet to give it the portion that it works on. */
    private boolean early;

    private List<Integer> ahead = List.of();
    private @Nullable Done done;
    /** The report under way. */
    private @Nullable Asked asked;

    private final List<Integer> bundle = new ArrayList<>();
    private final OwnPush pushing;
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
        this.meter = meter;
        this.cache = cache;
        this.miniBatch = replica.newBatch();
        this.team = new Team(replica, new SandblasterSteps(replica, shards, push, meter, news::release));
        this.pushing = new OwnPush(team, meter);
        this.heldOut = new HeldOut(team, orders, master, evaluator);
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
            Asked report = asked;
            OpenPortion portion = working;
            boolean busy = portion != null && !portion.ended();
            if (phase == Phase.EVALUATE) {
                evaluate();
            } else if (report != null && (report.reply().isDone() || !busy)) {
                awaitReply(report);
            } else if (report != null && portion != null) {
                compute(portion, Duration.ZERO);
            } else if (portion != null && !busy && done == null) {
                complete(portion);
            } else if (heardOfPush() || portion == null || done != null || coordinator.wanted()) {
                askOrWait();
            } else {
                compute(portion, LOOK);
            }
        }
        team.finish();
    }

    /**
     * A report under way.
     *
     * @param pushed whether it says that the push is through
     */
    private record Asked(Future<Optional<WorkReply>> reply, boolean pushed) {}

    /** Looks for the end of a push; says whether there is one that the coordinator should hear of. */
    private boolean heardOfPush() throws Exception {
        OwnPush.News push = pushing.look();
        if (push == OwnPush.News.VOID) {
            forget();
        }
        return push != OwnPush.News.NONE;
    }

    /** Reports; but where all that is left is a push under way, its end is waited for first, for a while. */
    private void askOrWait() throws Exception {
        boolean idle = working == null
                && done == null
                && pushing.underWay()
                && pushing.number().isPresent();
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

    private void report() {
        boolean pushed = pushing.through();
        WorkReport report = new WorkReport(
                settings.replica(),
                settings.incarnation(),
                0,
                Optional.ofNullable(batch).map(BatchOrder::id),
                Optional.ofNullable(done),
                Optional.ofNullable(early ? null : working).map(OpenPortion::portion),
                bundle,
                pushing.number(),
                pushed,
                !pushing.underWay());
        asked = new Asked(coordinator.ask(report), pushed);
    }

    /** Waits for the reply to the report under way, for a while, and follows it. */
    private void awaitReply(Asked report) throws Exception {
        long start = System.nanoTime();
        Optional<WorkReply> reply;
        try {
            reply = report.reply().get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.trace("No reply yet", e);
            team.keepWaiting();
            return;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            meter.waited(System.nanoTime() - start);
        }
        asked = null;
        reported = System.nanoTime();
        if (reply.isPresent()) {
            if (report.pushed()) {
                pushing.forget();
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
        ahead = reply.ahead();
        begin(reply.compute());
        cache.ahead(ahead);
    }

    /** Everything is void. */
    private void forget() {
        dropWorking();
        ahead = List.of();
        batch = null;
        done = null;
        pushing.forget();
        bundle.clear();
    }

    private void dropWorking() {
        OpenPortion old = working;
        early = false;
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
        if (!pushing.room()) {
            LOG.warn("Push {} is not begun: there is no room for it, as was reported", order.number());
            return;
        }
        int first = bundle.isEmpty() ? 0 : bundle.get(0);
        bundle.clear();
        if (!pushing.begin(order)) {
            // Told as a portion without a loss: the batch can't be computed at this point.
            done = new Done(first, Double.NaN, 0);
        }
    }

    private void begin(Optional<Integer> portion) {
        OpenPortion old = working;
        early = false;
        if (old != null && portion.isPresent() && portion.get() == old.portion()) {
            return;
        }
        dropWorking();
        if (portion.isPresent()) {
            working = new OpenPortion(cache.open(portion.get()));
            team.begin();
        }
    }

    /** A portion has been computed; the next one is begun before the coordinator gives it. */
    private void complete(OpenPortion portion) {
        team.complete();
        done = portion.done(penalty);
        dropWorking();
        if (!ahead.isEmpty() && portion.finite()) {
            begin(Optional.of(ahead.get(0)));
            early = true;
        }
    }

    /**
     * Computes the next mini-batch of a portion, if it has been read.
     *
     * @param bound how long to wait for it; where there is a report under way, for the reply instead
     */
    private void compute(OpenPortion portion, Duration bound) throws Exception {
        BatchOrder order = batch;
        if (order == null) {
            throw new IllegalStateException("expected a batch that portion " + portion.portion() + " is of");
        }
        long start = System.nanoTime();
        int count = portion.examples().fill(miniBatch, bound);
        long filled = System.nanoTime();
        meter.waited(filled - start);
        if (count == PortionExamples.NOT_YET) {
            Asked report = asked;
            if (report != null) {
                awaitReply(report);
            } else {
                team.keepWaiting();
            }
            return;
        }
        if (count > 0) {
            double loss = team.add(miniBatch, portion.noise(order.noise()));
            portion.add(count, loss);
            meter.step(count, loss, System.nanoTime() - filled);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while computing portion " + portion.portion());
        }
    }

    /** Training is over: what the coordinator has still to say is void. */
    private void evaluate() throws Exception {
        Asked report = asked;
        if (report != null) {
            awaitReply(report);
            return;
        }
        forget();
        coordinator.pause();
        heldOut.score();
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
