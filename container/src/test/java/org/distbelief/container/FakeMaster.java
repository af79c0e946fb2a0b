package org.distbelief.container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Master;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;

/**
 * A small ApplicationMaster for any number of replicas: leases every portion once per epoch, in a random order, then
 * every portion once for evaluation, then finishes. Loses some reports and replies if told to.
 */
public final class FakeMaster {
    private final int training;
    private final int evaluation;
    private final int epochs;
    private final Random random;
    private final double lost;
    private final Deque<Integer> left = new ArrayDeque<>();
    private final Map<Long, Lease> open = new HashMap<>();
    private final Map<Long, Integer> holder = new HashMap<>();
    private Phase phase;
    private int epoch;
    private long nextLease;

    /** Examples completed in each epoch. */
    public final List<Long> examplesByEpoch = new ArrayList<>();

    /** Every portion's number of completions. */
    public final Map<Integer, Integer> completions = new HashMap<>();

    /** Evaluation results by lease. */
    public final Map<Long, Scored> scores = new HashMap<>();

    /** The newest progress of each replica. */
    public final Map<Integer, Progress> progress = new HashMap<>();

    /**
     * @param training portions of the training split; 0 for a job that only evaluates
     * @param evaluation portions of the evaluation split
     * @param lost probability with which a report, or else a reply, is lost
     */
    public FakeMaster(int training, int evaluation, int epochs, long seed, double lost) {
        this.training = training;
        this.evaluation = evaluation;
        this.epochs = epochs;
        this.random = new Random(seed);
        this.lost = lost;
        this.phase = training == 0 ? Phase.EVALUATE : Phase.TRAIN;
        fill(training == 0 ? evaluation : training);
        for (int i = 0; i < epochs; i++) {
            examplesByEpoch.add(0L);
        }
    }

    private void fill(int portions) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, portions).boxed().toList());
        Collections.shuffle(order, random);
        left.addAll(order);
    }

    /** A replica's connection. */
    public Master connect() {
        return new Master() {
            @Override
            public Reply exchange(Report report) throws MasterException {
                return exchangeOrLose(report);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    /** Answers a report, unless it or the reply is lost. */
    public Reply answer(Report report) throws MasterException {
        return exchangeOrLose(report);
    }

    /** Ends the job now. */
    public synchronized void finish() {
        phase = Phase.FINISH;
    }

    private synchronized Reply exchangeOrLose(Report report) throws MasterException {
        if (random.nextDouble() < lost) {
            throw MasterException.unreachable("the report is lost", new IllegalStateException());
        }
        Reply reply = exchange(report);
        if (random.nextDouble() < lost) {
            throw MasterException.unreachable("the reply is lost", new IllegalStateException());
        }
        return reply;
    }

    private Reply exchange(Report report) {
        progress.put(report.replica(), report.progress());
        for (Completed done : report.completed()) {
            Lease lease = open.remove(done.lease());
            if (lease != null) {
                examplesByEpoch.set(lease.epoch(), examplesByEpoch.get(lease.epoch()) + done.examples());
                completions.merge(lease.portion(), 1, Integer::sum);
            }
        }
        for (Scored done : report.scored()) {
            if (open.remove(done.lease()) != null) {
                scores.put(done.lease(), done);
            }
        }
        advance();
        List<Lease> granted = new ArrayList<>();
        open.values().stream()
                .filter(l -> holder.getOrDefault(l.id(), -1) == report.replica()
                        && !report.held().contains(l.id()))
                .forEach(granted::add);
        for (int i = 0; i < report.wanted() && !left.isEmpty() && phase != Phase.FINISH; i++) {
            Kind kind = phase == Phase.TRAIN ? Kind.TRAIN : Kind.EVALUATE;
            Lease lease = new Lease(nextLease++, epoch, left.remove(), kind);
            open.put(lease.id(), lease);
            holder.put(lease.id(), report.replica());
            granted.add(lease);
        }
        return new Reply(phase, granted, 100, left.isEmpty());
    }

    private void advance() {
        if (!left.isEmpty() || !open.isEmpty() || phase == Phase.FINISH) {
            return;
        }
        if (phase == Phase.EVALUATE) {
            finish();
        } else if (++epoch < epochs) {
            fill(training);
        } else if (evaluation == 0) {
            finish();
        } else {
            phase = Phase.EVALUATE;
            fill(evaluation);
        }
    }
}
