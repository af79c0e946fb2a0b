package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.Done;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.jspecify.annotations.Nullable;

/**
 * One life of a model replica: computes portions in mini-batches, keeps their gradients apart and in a bundle, pushes
 * in the background, beats.
 */
final class SimulatedReplica {
    private static final long BEAT_MILLIS = 200;
    private static final long TIMEOUT_MILLIS = 3000;
    private static final long FETCH_MILLIS = 10;

    final int replica;
    final long incarnation;
    final String host;
    boolean alive = true;

    private final SandblasterSimulation job;
    private final SimulatedNetwork network;
    private final Random random;
    private final double millisPerMiniBatch;
    /** Whether it reports an acknowledged push as soon as a mini-batch is over. */
    private final boolean eager;

    private @Nullable BatchOrder batch;
    private @Nullable Done done;
    private long[] apart;
    private @Nullable Integer working;
    private int miniBatches;
    private List<Integer> bundle = new ArrayList<>();
    private long[] sum;
    private @Nullable PushOrder pushing;
    private boolean pushed;

    private long sequence;
    private boolean awaiting;
    private boolean wanted;
    /** Which computation is under way; an interrupted one is void. */
    private long computation;

    SimulatedReplica(
            SandblasterSimulation job,
            int replica,
            long incarnation,
            String host,
            double millisPerMiniBatch,
            boolean eager) {
        this.job = job;
        this.network = job.network;
        this.random = job.random;
        this.replica = replica;
        this.incarnation = incarnation;
        this.host = host;
        this.millisPerMiniBatch = millisPerMiniBatch;
        this.eager = eager;
        this.apart = new long[job.length()];
        this.sum = new long[job.length()];
    }

    void start() {
        report();
        network.after(BEAT_MILLIS, this::beat);
    }

    void die() {
        alive = false;
    }

    private void beat() {
        if (!alive) {
            return;
        }
        network.after(BEAT_MILLIS, this::beat);
        if (working != null || pushing != null) {
            Beat beat = new Beat(replica, incarnation, batchId(), Optional.ofNullable(working));
            job.beat(beat, report -> wanted |= report);
        }
    }

    private Optional<BatchId> batchId() {
        return Optional.ofNullable(batch).map(BatchOrder::id);
    }

    private void report() {
        sequence++;
        send(new WorkReport(
                replica,
                incarnation,
                sequence,
                batchId(),
                Optional.ofNullable(done),
                Optional.ofNullable(working),
                bundle,
                Optional.ofNullable(pushing).map(PushOrder::number),
                pushed,
                pushing == null || pushed));
    }

    private void send(WorkReport report) {
        awaiting = true;
        wanted = false;
        boolean[] answered = new boolean[1];
        job.report(report, host, reply -> {
            if (alive && awaiting && sequence == report.sequence() && !answered[0]) {
                answered[0] = true;
                awaiting = false;
                follow(report, reply);
            }
        });
        network.after(TIMEOUT_MILLIS, () -> {
            if (alive && awaiting && sequence == report.sequence() && !answered[0]) {
                if (random.nextBoolean()) {
                    answered[0] = true;
                    send(report);
                } else {
                    report();
                }
            }
        });
    }

    private void follow(WorkReport report, WorkReply reply) {
        if (!reply.batch().equals(Optional.ofNullable(batch))) {
            forgetAll();
            batch = reply.batch().orElse(null);
            network.after(FETCH_MILLIS, () -> {
                if (alive) {
                    compute(reply.compute());
                }
            });
            return;
        }
        if (report.pushed() && pushing != null && report.pushing().equals(Optional.of(pushing.number()))) {
            pushing = null;
            pushed = false;
        }
        if (reply.drop()) {
            bundle = new ArrayList<>();
            Arrays.fill(sum, 0);
        }
        if (done != null) {
            if (reply.keep()) {
                bundle.add(done.portion());
                SimulatedShards.add(apart, sum);
            }
            done = null;
        }
        reply.push().ifPresent(this::push);
        compute(reply.compute());
    }

    private void forgetAll() {
        done = null;
        working = null;
        bundle = new ArrayList<>();
        Arrays.fill(sum, 0);
        pushing = null;
        pushed = false;
        computation++;
    }

    private void compute(Optional<Integer> portion) {
        if (portion.isEmpty()) {
            working = null;
            computation++;
            if (pushing == null || pushed) {
                network.after(5, () -> reportUnlessBusy(computation));
            }
            return;
        }
        if (!portion.get().equals(working)) {
            working = portion.get();
            miniBatches = 0;
            Arrays.fill(apart, 0);
        }
        long mine = ++computation;
        network.after(miniBatchMillis(), () -> miniBatch(mine));
    }

    private void reportUnlessBusy(long mine) {
        if (alive && !awaiting && computation == mine) {
            report();
        }
    }

    private long miniBatchMillis() {
        return Math.max(1, Math.round(millisPerMiniBatch * (job.jitter() ? 0.5 + random.nextDouble() : 1)));
    }

    private void miniBatch(long mine) {
        if (!alive || computation != mine || working == null) {
            return;
        }
        miniBatches++;
        if (miniBatches < job.miniBatches(working)) {
            if (wanted || (eager && pushed)) {
                report();
            } else {
                network.after(miniBatchMillis(), () -> miniBatch(mine));
            }
            return;
        }
        int portion = working;
        apart[portion] = 1;
        apart[job.length() - 1] = portion + 1L;
        working = null;
        done = new Done(portion, job.loss(portion), job.examples(portion));
        report();
    }

    private void push(PushOrder order) {
        if (pushing != null) {
            throw new AssertionError("replica " + replica + " is to push " + order + " while it pushes " + pushing);
        }
        pushing = order;
        pushed = false;
        long[] values = sum;
        sum = new long[job.length()];
        bundle = new ArrayList<>();
        String name = "push " + replica + " " + incarnation + " " + order.into();
        Set<SimulatedShards.Shard> acknowledged = new HashSet<>();
        // It goes to the shards one by one, so that who dies meanwhile has written to some of them.
        long delay = 0;
        for (SimulatedShards.Shard shard : job.shards.shards) {
            network.after(
                    delay,
                    () -> job.shards.request(
                            shard,
                            () -> alive && order.equals(pushing),
                            s -> s.push(name, order.into(), values),
                            outcome -> acknowledged(order, shard, outcome, acknowledged)));
            delay += job.pushMillis();
        }
    }

    private void acknowledged(
            PushOrder order,
            SimulatedShards.Shard shard,
            SimulatedShards.Outcome outcome,
            Set<SimulatedShards.Shard> acknowledged) {
        if (!alive || !order.equals(pushing)) {
            return;
        }
        if (outcome == SimulatedShards.Outcome.NO_VECTOR) {
            pushing = null;
        } else {
            acknowledged.add(shard);
            pushed = acknowledged.size() == job.shards.shards.size();
        }
        if ((pushing == null || pushed) && working == null) {
            reportUnlessBusy(computation);
        }
    }

    @Override
    public String toString() {
        return "replica " + replica + "/" + incarnation + (alive ? "" : " dead") + " batch " + batch + " working "
                + working + " done " + done + " bundle " + bundle + " pushing " + pushing + (pushed ? " pushed" : "")
                + (awaiting ? " awaiting" : "");
    }
}
