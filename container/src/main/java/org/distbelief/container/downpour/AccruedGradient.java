package org.distbelief.container.downpour;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.distbelief.container.master.Completed;
import org.distbelief.container.replica.ReplicaParameters;

/**
 * The sum of the gradients since the last push (paper, section 4.1), in two pieces of memory: one accrues while the
 * other is pushed, unless the replica waits for its pushes. It also knows which portions are complete once it was
 * pushed. For one thread, but the memory that was accrued before {@link #take} may be read by another one until
 * {@link #release}.
 */
final class AccruedGradient {
    private ReplicaParameters accruing;
    private ReplicaParameters other;
    private boolean otherTaken;
    private int steps;
    private List<Completed> completed = new ArrayList<>();
    private List<Long> versions = List.of();

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

    /**
     * The shards' versions of the oldest parameters that one of the gradients was computed from.
     *
     * @param now those of the parameters that a step takes now
     */
    List<Long> versions(List<Long> now) {
        return steps == 0 ? now : versions;
    }

    /**
     * Begins anew in the other memory; that in which the gradients have accrued is pushed.
     *
     * @return portions whose last example is in it
     */
    List<Completed> take() {
        if (steps == 0 || otherTaken) {
            throw new IllegalStateException("expected an accrued gradient and no push under way");
        }
        List<Completed> drawnOut = List.copyOf(completed);
        ReplicaParameters taken = accruing;
        accruing = other;
        other = taken;
        otherTaken = true;
        steps = 0;
        completed = new ArrayList<>();
        return drawnOut;
    }

    /** The push has ended; its memory can be used again. */
    void release() {
        otherTaken = false;
    }
}
