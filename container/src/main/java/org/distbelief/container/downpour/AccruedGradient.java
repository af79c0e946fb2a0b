package org.distbelief.container.downpour;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.distbelief.container.master.Completed;
import org.distbelief.container.replica.ReplicaParameters;

/**
 * The sum of the gradients since the last push (paper, section 4.1), in two pieces of memory: one accrues while the
 * other is pushed, unless the replica waits for its pushes. It also knows which portions are complete once it was
 * pushed. For one thread, but the memory that {@link #take} hands out may be read by another one until
 * {@link #release}.
 */
final class AccruedGradient {
    private ReplicaParameters accruing;
    private ReplicaParameters other;
    private boolean otherTaken;
    private int steps;
    private List<Completed> completed = new ArrayList<>();
    private List<Long> versions = List.of();

    /**
     * What is to be pushed.
     *
     * @param gradient the sum of the gradients
     * @param versions the shards' versions of the oldest parameters that one of them was computed from
     * @param completed portions whose last example is in it
     */
    record Push(ReplicaParameters gradient, List<Long> versions, List<Completed> completed) {}

    /** @param overlap whether one accrues while the other is pushed; else both are the same piece of memory */
    AccruedGradient(Supplier<ReplicaParameters> memory, boolean overlap) {
        this.accruing = memory.get();
        this.other = overlap ? memory.get() : accruing;
    }

    /** Where gradients are to be added; to be overwritten where {@link #isEmpty}. */
    ReplicaParameters accruing() {
        return accruing;
    }

    /** Whether no gradient was added since the last push. */
    boolean isEmpty() {
        return steps == 0;
    }

    /** Steps since the last push. */
    int steps() {
        return steps;
    }

    /**
     * Notes that a step's gradient was added.
     *
     * @param stepVersions the shards' versions of the parameters that it was computed from
     * @param drawnOut portions whose last example it holds
     */
    void added(List<Long> stepVersions, List<Completed> drawnOut) {
        if (steps++ == 0) {
            versions = stepVersions;
        }
        completed.addAll(drawnOut);
    }

    /** Hands out what has accrued and begins anew in the other memory. */
    Push take() {
        if (steps == 0 || otherTaken) {
            throw new IllegalStateException("expected an accrued gradient and no push under way");
        }
        Push push = new Push(accruing, versions, List.copyOf(completed));
        accruing = other;
        other = push.gradient();
        otherTaken = true;
        steps = 0;
        completed = new ArrayList<>();
        return push;
    }

    /** The push has ended; its memory can be used again. */
    void release() {
        otherTaken = false;
    }
}
