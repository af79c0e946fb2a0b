package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.distbelief.conf.Encoding;
import org.distbelief.container.master.Completed;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.container.report.ProgressMeter;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.PushOutcome;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.client.Update;
import org.distbelief.paramserver.pace.Turn;
import org.jspecify.annotations.Nullable;

/**
 * The steps of Downpour SGD in one partition of a replica (paper, section 4.1). The computation runs in the caller's
 * thread; fetches and pushes run beside it in threads of their own. A layer's gradient is pushed as soon as it is
 * complete, while the layers below still compute. A step whose push is due ends when the push before it has, and one
 * whose fetch is due begins when the fetch before it has ended, which bounds how old its parameters are.
 *
 * <p>A step's gradient is that of the mean loss of its mini-batch, clipped where the job asks for it; a push holds the
 * sum of the gradients since the last one. While the shards have seen few updates, a replica waits for each of its
 * pushes and fetches anew: the first steps are the largest, those of Adagrad above all, and repeating one that is not
 * yet seen overshoots for good.
 *
 * <p>Each partition fetches the parameters that it needs and pushes those that it owns; all push after the same steps.
 */
final class DownpourSteps implements AutoCloseable {
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final DownpourSettings settings;
    private final ModelReplica replica;
    private final ShardedParameters shards;
    private final Pacer pacer;
    private final ProgressMeter meter;
    private final Consumer<Pushed> onAcknowledged;

    private final RangeSet fetched;
    private final RangeSet owned;
    /** Shards on which a partition of lower number counts a push as the replica's update. */
    private final Set<Integer> counted;

    private final AccruedGradient accrued;
    private final StepGradient gradient;
    private final Errand<Fetched> fetching;
    private final Pushes pushes;
    private List<Long> versions = List.of();
    private boolean fresh;
    private long steps;
    private long lastFetch;
    private @Nullable Pushing pushing;
    private long begun;
    private long acknowledged;
    /** Of the update that was begun last. */
    private long clock = Turn.UNKNOWN;

    private Runnable meanwhile = () -> {};

    /** @param turn the number with which the replica may go on; empty where it has not asked */
    private record Fetched(List<Long> versions, OptionalLong turn, long nanos) {}

    /** A push whose whole gradient is on its way. */
    private record Pushing(Update update, long number, long clock, List<Completed> completed, long start) {}

    /**
     * A push that all shards have acknowledged.
     *
     * @param number of the push, from 1
     * @param completed portions whose last example is in it
     */
    record Pushed(long number, List<Completed> completed) {}

    /**
     * Allocates memory for gradients.
     *
     * @param pacer keeps the replica's place among the others
     * @param onAcknowledged hears of each push, in the computing thread
     */
    DownpourSteps(
            DownpourSettings settings,
            ModelReplica replica,
            ShardedParameters shards,
            Pacer pacer,
            ProgressMeter meter,
            Consumer<Pushed> onAcknowledged) {
        this.settings = settings;
        this.replica = replica;
        this.shards = shards;
        this.pacer = pacer;
        this.meter = meter;
        this.onAcknowledged = onAcknowledged;
        this.fetched = replica.plan().parameters(replica.partition());
        this.owned = replica.plan().owned(replica.partition());
        this.counted = IntStream.range(0, replica.partition())
                .mapToObj(replica.plan()::owned)
                .flatMap(earlier -> shards.holders(earlier).stream())
                .collect(Collectors.toUnmodifiableSet());
        this.accrued = new AccruedGradient(replica::newGradient, settings.overlap());
        this.gradient = new StepGradient(replica, accrued, settings);
        this.fetching = new Errand<>("fetch", settings.bound().plus(MARGIN));
        PushSource source = new PushSource(settings.replica(), replica.partition(), settings.incarnation());
        this.pushes = settings.pushed() == Encoding.FLOAT32
                ? shards.pushes(source)
                : shards.encodedPushes(source, settings.pushed(), replica.newGradient());
    }

    /** Whether there is a gradient that the shards have not acknowledged. */
    boolean unfinished() {
        return !accrued.isEmpty() || pushing != null;
    }

    /** Number of the last push that was begun; 0 before the first. */
    long pushes() {
        return begun;
    }

    /** There is nothing to do for now: the other replicas need not wait for this one. Nothing may be unfinished. */
    void pause() throws Exception {
        if (pacer.asks() && fetching.underWay()) {
            // It must not ask for a turn after the replica has left.
            pacer.leaving();
            awaited(fetching);
        }
        pacer.left();
        forgetParameters();
    }

    /** Has the next step fetch parameters anew, and wait for them. */
    void forgetParameters() {
        fresh = false;
    }

    /** Has something done now and then while a fetch is waited for. */
    void whileWaiting(Runnable action) {
        meanwhile = action;
    }

    /** Pushes what has accrued, and waits until all pushes are acknowledged. */
    void flush() throws Exception {
        if (!accrued.isEmpty()) {
            Update update = begin();
            // Cut as in a step: where replicas go in step, the shards match the parts.
            for (int layer = replica.plan().layers().size() - 1; layer >= 0; layer--) {
                add(update, layer);
            }
            pushed(update);
        }
        awaitPush(begun);
    }

    /** Waits until a push is acknowledged. */
    void awaitPush(long number) throws Exception {
        if (acknowledged < number) {
            awaitPush();
        }
    }

    /**
     * Takes a step.
     *
     * @param drawnOut portions whose last example it holds
     */
    void step(MiniBatch batch, List<Completed> drawnOut) throws Exception {
        prepareParameters();
        long start = System.nanoTime();
        // A step on parameters that a fetch is bound to overwrite is left out.
        boolean due = accrued.steps() + 1 >= settings.nPush();
        boolean fetches = fetchDue(steps + 1) && (fetching.underWay() || !settings.overlap());
        boolean overwritten = fetches || (due && settling());
        float rate = overwritten ? 0 : (float) settings.localRate(versions);
        Update update = due ? begin() : null;
        double loss = gradient.take(batch, rate, steps, update == null ? layer -> {} : layer -> add(update, layer));
        accrued.added(versions, drawnOut);
        steps++;
        meter.step(batch.size(), loss, System.nanoTime() - start);
        if (update != null) {
            pushed(update);
            if (settling() || !settings.overlap()) {
                awaitPush();
            }
            if (settling()) {
                fresh = false;
            }
        } else if (pushing != null && pushing.update().isDone()) {
            awaitPush();
        }
    }

    /** Begins to push what accrues up to the end of the next step. */
    private Update begin() {
        meter.pushBegun();
        long[] from =
                accrued.versions(versions).stream().mapToLong(Long::longValue).toArray();
        clock = pacer.begin();
        return pushes.begin(owned, from, counted, clock);
    }

    /** A layer's part of the gradient, before those of the layers below it are computed. */
    private void add(Update update, int layer) {
        RangeSet ranges = replica.plan().owned(layer, replica.partition());
        if (!ranges.isEmpty()) {
            update.add(ranges, accrued.accruing());
        }
    }

    /** The whole gradient is on its way; the memory for the next is that of the push before, which must have ended. */
    private void pushed(Update update) throws Exception {
        awaitPush();
        pushing = new Pushing(update, ++begun, clock, accrued.take(), System.nanoTime());
    }

    private boolean settling() {
        return versions.stream().anyMatch(version -> version >= 0 && version < settings.settling());
    }

    /** Installs fetched parameters, and begins the next fetch when it is due. */
    private void prepareParameters() throws Exception {
        if (!fresh) {
            fetchNow(pacer.asks());
            fresh = true;
            lastFetch = steps;
            return;
        }
        if (fetchDue(steps)) {
            if (fetching.underWay()) {
                install(awaited(fetching));
            }
            startFetch(pacer.asks());
            if (!settings.overlap()) {
                install(awaited(fetching));
            }
            lastFetch = steps;
        } else {
            fetching.poll().ifPresent(this::install);
        }
    }

    /** Installs the parameters as they are now, without regard to other replicas. */
    void fetchNow() throws Exception {
        fetchNow(false);
    }

    /** Installs the parameters as they are now; what an older fetch brings is left aside. */
    private void fetchNow(boolean turn) throws Exception {
        if (fetching.underWay()) {
            awaited(fetching);
        }
        startFetch(turn);
        install(awaited(fetching));
    }

    private boolean fetchDue(long step) {
        return step - lastFetch >= settings.nFetch();
    }

    /** @param turn whether to wait for the replica's turn first */
    private void startFetch(boolean turn) {
        ReplicaParameters spare = replica.spare();
        Pacer.Place place = turn ? pacer.ask() : Pacer.NOWHERE;
        fetching.start(() -> {
            OptionalLong granted = turn ? pacer.await(place, fetching::signOfLife) : OptionalLong.empty();
            long start = System.nanoTime();
            long[] found = fetch(spare);
            return new Fetched(Arrays.stream(found).boxed().toList(), granted, System.nanoTime() - start);
        });
    }

    private long[] fetch(ReplicaParameters into) throws Exception {
        if (!settings.compared()) {
            return shards.fetch(fetched, into);
        }
        // The shards compare with what was fetched by the partition that pushes.
        long[] found = shards.fetch(owned, into, OptionalInt.of(settings.replica()));
        RangeSet rest = fetched.minus(owned);
        if (!rest.isEmpty()) {
            long[] others = shards.fetch(rest, into);
            Arrays.setAll(
                    found,
                    shard -> found[shard] < 0 || others[shard] < 0
                            ? Math.max(found[shard], others[shard])
                            : Math.min(found[shard], others[shard]));
        }
        return found;
    }

    private void install(Fetched result) {
        replica.install();
        versions = result.versions();
        meter.fetched(result.nanos());
        result.turn().ifPresent(pacer::granted);
    }

    /** Waits until the last push that was begun is acknowledged. */
    private void awaitPush() throws Exception {
        Pushing last = pushing;
        if (last == null) {
            return;
        }
        long start = System.nanoTime();
        PushOutcome outcome;
        try {
            outcome = last.update().await();
        } finally {
            meter.waited(System.nanoTime() - start);
        }
        pushing = null;
        accrued.release();
        acknowledged = last.number();
        pacer.acknowledged(last.clock());
        meter.pushAcknowledged(outcome.staleness(), Math.max(0, outcome.nanoTime() - last.start()));
        onAcknowledged.accept(new Pushed(last.number(), last.completed()));
    }

    private <T> T awaited(Errand<T> errand) throws Exception {
        long start = System.nanoTime();
        try {
            return errand.await(meanwhile);
        } finally {
            meter.waited(System.nanoTime() - start);
        }
    }

    /** Ends the threads of fetches and pushes; one under way is interrupted. */
    @Override
    public void close() {
        try {
            fetching.close();
        } finally {
            pushes.close();
        }
    }
}
