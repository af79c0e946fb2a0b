package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.container.coordinator.WorkReport;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;

/** A coordinator of one term: leads one evaluation after the other, until it dies or a shard knows a later one. */
final class SimulatedCoordinator {
    private static final long HOLD_MILLIS = 1000;
    private static final long SILENCE_MILLIS = 3000;
    private static final long WATCH_MILLIS = 500;

    private final class Held {
        final WorkReport report;
        final String host;
        final Consumer<Optional<WorkReply>> reply;
        final long until;

        Held(WorkReport report, String host, Consumer<Optional<WorkReply>> reply) {
            this.report = report;
            this.host = host;
            this.reply = reply;
            this.until = network.now() + HOLD_MILLIS;
        }
    }

    final long term;
    final BatchBoard board;
    boolean alive = true;
    long begunAt;

    private final SandblasterSimulation job;
    private final SimulatedNetwork network;
    private final List<Held> waiting = new ArrayList<>();
    private long seen = -1;
    /** When those who wait may get copies though nothing changes. */
    private long copiesAt = Long.MAX_VALUE;

    private long programs;
    private long evaluations;
    private boolean leads;
    /** The batch is over but for its last commit, which the leader's next program takes with it. */
    private boolean deferred;

    SimulatedCoordinator(SandblasterSimulation job, long term) {
        this.job = job;
        this.network = job.network;
        this.term = term;
        this.board = new BatchBoard(term, job.setup.rules());
    }

    void start() {
        network.after(WATCH_MILLIS, this::watch);
        run(ShardProgram.begin().end(), () -> {
            leads = true;
            begin();
        });
    }

    void die() {
        alive = false;
        waiting.clear();
    }

    private void watch() {
        if (!alive) {
            return;
        }
        network.after(WATCH_MILLIS, this::watch);
        for (int replica : board.silentSince(network.now() - SILENCE_MILLIS)) {
            board.lost(replica);
        }
        turn();
    }

    /** The next batch that has not been computed. */
    private void begin() {
        board.end();
        begunAt = network.now();
        board.begin(new BatchOrder(new BatchId(term, ++evaluations), VectorName.PARAMETERS, evaluations), job.batch());
        turn();
    }

    private void run(ShardProgram program, Runnable then) {
        long number = ++programs;
        Set<SimulatedShards.Shard> done = new HashSet<>();
        for (SimulatedShards.Shard shard : job.shards.shards) {
            job.shards.request(shard, () -> alive, s -> s.run(term, number, program), outcome -> {
                if (!alive) {
                    return;
                }
                if (outcome == SimulatedShards.Outcome.DEPOSED) {
                    die();
                } else if (done.add(shard) && done.size() == job.shards.shards.size()) {
                    then.run();
                }
            });
        }
    }

    /** Does what is to be done now. */
    private void turn() {
        if (!leads || !alive) {
            return;
        }
        Optional<Commit> commit = deferred ? Optional.empty() : board.nextCommit();
        if (commit.isPresent()) {
            ShardProgram program = commit.get().program(SimulatedShards.GRADIENT, 1);
            if (commit.get().last()) {
                board.committed(commit.get());
                end(program);
            } else {
                run(program, () -> {
                    board.committed(commit.get());
                    turn();
                });
            }
        }
        answerHeld();
    }

    private void end(ShardProgram last) {
        BatchTally tally = job.won(this);
        board.end();
        deferred = true;
        run(last, () -> {
            deferred = false;
            job.finished(this, tally);
            if (job.batchesLeft()) {
                begin();
            }
        });
    }

    void lost(int replica) {
        if (alive) {
            board.lost(replica);
            turn();
        }
    }

    /** The evaluation under way is given up, and done again. */
    void beginAnew() {
        if (alive && leads && !deferred && !board.commitUnderWay()) {
            begin();
            answerHeld();
        }
    }

    /** @param reply empty where the replica has been replaced */
    void report(WorkReport report, String host, Consumer<Optional<WorkReply>> reply) {
        if (!alive) {
            return;
        }
        Held held = new Held(report, host, reply);
        if (!answered(held)) {
            waiting.add(held);
            network.after(HOLD_MILLIS, this::turn);
        }
        turn();
    }

    private void answerHeld() {
        while (board.changes() != seen
                || copiesAt <= network.now()
                || waiting.stream().anyMatch(h -> h.until <= network.now())) {
            seen = board.changes();
            copiesAt = Long.MAX_VALUE;
            waiting.removeIf(this::answered);
        }
        long late = board.millisUntilCopies(network.now());
        if (!waiting.isEmpty() && late > 0 && late < HOLD_MILLIS && network.now() + late != copiesAt) {
            copiesAt = network.now() + late;
            network.after(late, this::turn);
        }
    }

    private boolean answered(Held held) {
        try {
            WorkReply reply = board.report(held.report, held.host, network.now());
            boolean something = reply.push().isPresent()
                    || reply.compute().isPresent()
                    || !reply.batch().map(BatchOrder::id).equals(held.report.batch());
            boolean pushing = held.report.pushing().isPresent() && !held.report.pushed();
            if (something || pushing || network.now() >= held.until) {
                held.reply.accept(Optional.of(reply));
                return true;
            }
            return false;
        } catch (CoordinatorRefusedException e) {
            held.reply.accept(Optional.empty());
            return true;
        }
    }

    boolean beat(Beat beat) {
        try {
            return alive && board.beat(beat, network.now());
        } catch (CoordinatorRefusedException e) {
            return true;
        }
    }
}
