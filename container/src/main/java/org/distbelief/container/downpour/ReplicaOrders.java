package org.distbelief.container.downpour;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Phase;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.container.report.Orders;
import org.jspecify.annotations.Nullable;

/**
 * Carries the master's orders from the link's thread to the worker's: training portions go to the portion reader,
 * evaluation portions wait here. For any number of threads.
 */
public final class ReplicaOrders implements Orders {
    private static final int AHEAD = 2;

    private final Consumer<Lease> training;
    private final Consumer<Boolean> draining;
    private final IntSupplier trainingWanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Lease> evaluation = new ArrayDeque<>();
    private Phase phase = Phase.TRAIN;
    private @Nullable LostMasterException lost;

    private ReplicaOrders(Consumer<Lease> training, Consumer<Boolean> draining, IntSupplier trainingWanted) {
        this.training = training;
        this.draining = draining;
        this.trainingWanted = trainingWanted;
    }

    /** For a replica that trains from this reader. */
    public static ReplicaOrders training(PortionReader reader) {
        return new ReplicaOrders(reader::offer, reader::drain, reader::wanted);
    }

    /** For a replica that only scores; it must not be given training portions. */
    public static ReplicaOrders scoring() {
        return new ReplicaOrders(
                lease -> {
                    throw new IllegalArgumentException("expected portions to evaluate, found " + lease);
                },
                drain -> {},
                () -> AHEAD);
    }

    /** For a replica that a coordinator gives its training portions; the master must not give it any. */
    public static ReplicaOrders coordinated() {
        return new ReplicaOrders(
                lease -> {
                    throw new IllegalArgumentException("expected portions to evaluate, found " + lease);
                },
                drain -> {},
                () -> 0);
    }

    @Override
    public void take(Phase newPhase, List<Lease> leases, boolean drain) {
        lock.lock();
        try {
            phase = newPhase;
            for (Lease lease : leases) {
                if (lease.kind() == Kind.TRAIN) {
                    training.accept(lease);
                } else {
                    evaluation.add(lease);
                }
            }
            draining.accept(drain);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lost(LostMasterException cause) {
        lock.lock();
        try {
            lost = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many more portions there is use for now; of those to evaluate, one is scored while the next ones wait. */
    public int wanted() {
        lock.lock();
        try {
            return phase == Phase.TRAIN ? trainingWanted.getAsInt() : Math.max(0, AHEAD - evaluation.size());
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the job is doing.
     *
     * @throws LostMasterException where the master is gone
     */
    public Phase phase() throws LostMasterException {
        lock.lock();
        try {
            throwIfLost();
            return phase;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next portion to evaluate.
     *
     * @param bound how long to wait for one, or for another phase
     */
    public Optional<Lease> nextEvaluation(Duration bound) throws LostMasterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = bound.toNanos();
            while (lost == null && phase != Phase.FINISH && evaluation.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            throwIfLost();
            return Optional.ofNullable(evaluation.poll());
        } finally {
            lock.unlock();
        }
    }

    private void throwIfLost() throws LostMasterException {
        if (lost != null) {
            throw new LostMasterException(lost.getMessage() + "", lost);
        }
    }
}
