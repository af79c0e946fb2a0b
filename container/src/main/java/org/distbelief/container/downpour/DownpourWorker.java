package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.container.report.MasterLink;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.PushOutcome;
import org.distbelief.paramserver.client.ShardedParameters;
import org.jspecify.annotations.Nullable;

/**
 * A model replica of Downpour SGD (paper, section 4.1). The computation runs in the caller's thread; fetches and pushes
 * run beside it in threads of their own, at most one of each at a time. When the next is due and the last has not
 * ended, the computation waits for it, which bounds how old its parameters are.
 *
 * <p>A step's gradient is that of the mean loss of its mini-batch, clipped where the job asks for it; a push holds the
 * sum of the gradients since the last one. While the shards have seen few updates, a replica waits for each of its
 * pushes and fetches anew: the first steps are the largest, those of Adagrad above all, and repeating one that is not
 * yet seen overshoots for good.
 *
 * <p>A training portion is reported complete when the push with its last example was acknowledged by all shards.
 */
public final class DownpourWorker implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final DownpourSettings settings;
    private final ModelReplica replica;
    private final PortionReader reader;
    private final ShardedParameters shards;
    private final ReplicaOrders orders;
    private final MasterLink link;
    private final ProgressMeter meter;
    private final @Nullable Evaluator evaluator;

    private final MiniBatch batch;
    private final RangeSet ranges;
    private final AccruedGradient accrued;
    private final StepGradient gradient;
    private final Errand<Fetched> fetching;
    private final Errand<Pushed> pushing;
    private List<Long> versions = List.of();
    private boolean fresh;
    private boolean asked;
    private long steps;
    private long lastFetch;
    private long pushes;

    private record Fetched(List<Long> versions, long nanos) {}

    private record Pushed(PushOutcome outcome, List<Completed> completed, long nanos) {}

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
        this.settings = settings;
        this.replica = replica;
        this.reader = reader;
        this.shards = shards;
        this.orders = orders;
        this.link = link;
        this.meter = meter;
        this.evaluator = evaluator;
        this.batch = replica.newBatch();
        this.ranges = replica.parameters().ranges();
        this.accrued = new AccruedGradient(replica::newGradient);
        this.gradient = new StepGradient(replica, accrued, settings);
        this.fetching = new Errand<>("fetch", settings.bound().plus(MARGIN));
        this.pushing = new Errand<>("push", settings.bound().plus(MARGIN));
    }

    /**
     * Trains and evaluates until the master says that the job is done.
     *
     * @throws DivergedException where the loss, or a gradient that is to be clipped, is no number any more
     * @throws org.distbelief.container.report.LostMasterException where the master is gone
     * @throws Exception what ended the reading of data, a fetch or a push
     */
    public void run() throws Exception {
        for (Phase phase = orders.phase(); phase != Phase.FINISH; phase = orders.phase()) {
            if (phase == Phase.EVALUATE) {
                pushRest();
                evaluate();
                continue;
            }
            long start = System.nanoTime();
            boolean unfinished = !accrued.isEmpty() || pushing.underWay();
            int examples = reader.draw(batch, unfinished && reader.exhausted() ? Duration.ZERO : LOOK);
            meter.waited(System.nanoTime() - start);
            askForPortions();
            if (examples == 0) {
                pause();
            } else {
                step(examples);
            }
        }
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
        fresh = false;
        for (Completed done : reader.takeDrawnOut()) {
            link.complete(done);
        }
    }

    private void pushRest() throws Exception {
        if (!accrued.isEmpty()) {
            push();
        }
        if (pushing.underWay()) {
            acknowledged(pushing.await());
        }
    }

    private void step(int examples) throws Exception {
        prepareParameters();
        long start = System.nanoTime();
        // A step on parameters that a fetch is bound to overwrite is left out.
        boolean due = accrued.steps() + 1 >= settings.nPush();
        boolean overwritten = (fetching.underWay() && fetchDue(steps + 1)) || (due && settling());
        float rate = overwritten ? 0 : (float) settings.localRate(versions);
        double loss = gradient.take(batch, rate, steps);
        accrued.added(versions, reader.takeDrawnOut());
        steps++;
        meter.step(examples, loss, System.nanoTime() - start);
        if (due) {
            push();
            if (settling()) {
                acknowledged(awaited(pushing));
                fresh = false;
            }
        } else {
            pollPush();
        }
    }

    private boolean settling() {
        return versions.stream().anyMatch(version -> version >= 0 && version < settings.settling());
    }

    /** Installs fetched parameters, and begins the next fetch when it is due. */
    private void prepareParameters() throws Exception {
        if (!fresh) {
            fetchNow();
            fresh = true;
            lastFetch = steps;
            return;
        }
        if (fetchDue(steps)) {
            if (fetching.underWay()) {
                install(awaited(fetching));
            }
            startFetch();
            lastFetch = steps;
        } else {
            fetching.poll().ifPresent(this::install);
        }
    }

    /** Installs the parameters as they are now; what an older fetch brings is left aside. */
    private void fetchNow() throws Exception {
        if (fetching.underWay()) {
            awaited(fetching);
        }
        startFetch();
        install(awaited(fetching));
    }

    private boolean fetchDue(long step) {
        return step - lastFetch >= settings.nFetch();
    }

    private void startFetch() {
        ReplicaParameters spare = replica.spare();
        fetching.start(() -> {
            long start = System.nanoTime();
            long[] found = shards.fetch(ranges, spare);
            return new Fetched(Arrays.stream(found).boxed().toList(), System.nanoTime() - start);
        });
    }

    private void install(Fetched fetched) {
        replica.install();
        versions = fetched.versions();
        meter.fetched(fetched.nanos());
    }

    /** Begins a push of what has accrued, after the one before it has ended. */
    private void push() throws Exception {
        if (pushing.underWay()) {
            acknowledged(awaited(pushing));
        }
        AccruedGradient.Push push = accrued.take();
        PushId id = new PushId(settings.replica(), 0, settings.incarnation(), ++pushes);
        long[] from = push.versions().stream().mapToLong(Long::longValue).toArray();
        meter.pushBegun();
        pushing.start(() -> {
            long start = System.nanoTime();
            PushOutcome outcome = shards.push(id, ranges, push.gradient(), from);
            return new Pushed(outcome, push.completed(), System.nanoTime() - start);
        });
    }

    private void pollPush() throws Exception {
        pushing.poll().ifPresent(this::acknowledged);
    }

    private void acknowledged(Pushed pushed) {
        accrued.release();
        meter.pushAcknowledged(pushed.outcome().staleness(), pushed.nanos());
        pushed.completed().forEach(link::complete);
    }

    private <T> T awaited(Errand<T> errand) throws Exception {
        long start = System.nanoTime();
        try {
            return errand.await();
        } finally {
            meter.waited(System.nanoTime() - start);
        }
    }

    /** Scores portions until the phase is over, all with the parameters as they were when it began. */
    private void evaluate() throws Exception {
        Evaluator scorer = evaluator;
        if (scorer == null) {
            throw new IllegalStateException("expected no evaluation phase in a job without evaluation");
        }
        fetchNow();
        fresh = false;
        while (orders.phase() == Phase.EVALUATE) {
            Lease lease = orders.nextEvaluation(LOOK).orElse(null);
            if (lease != null) {
                link.score(scorer.score(lease));
            }
        }
    }

    /** Ends the threads of fetches and pushes; one under way is interrupted. */
    @Override
    public void close() {
        try {
            fetching.close();
        } finally {
            pushing.close();
        }
    }
}
