package org.distbelief.container.plan;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionException;
import org.distbelief.container.partition.PartitionPlan;

/**
 * Looks for the least number of partitions whose containers need no more memory than they have. It tries plans, since
 * their need does not shrink evenly: borders and tied parameters are in several partitions.
 *
 * @param model what is to be split
 * @param leastBytes what some container needs however many there are
 * @param needs the memory of each partition of a plan
 */
record LeastPartitions(Model model, long leastBytes, Function<PartitionPlan, List<MemoryPlan>> needs) {
    /** Plans of more partitions take seconds to make. */
    static final int MOST = 256;

    /** Beyond this many numbers, not every one is tried: a sixteenth more each time. */
    private static final int EACH = 16;

    /**
     * The search.
     *
     * @param partitions a number that is too small
     * @param bytes memory of a container
     * @return a number from there on up to {@value #MOST}; empty where none was found
     */
    OptionalInt above(int partitions, long bytes) {
        int tried = partitions;
        while (tried < MOST) {
            int next = Math.min(MOST, tried + Math.max(1, tried / EACH));
            if (fits(next, bytes)) {
                return OptionalInt.of(leastOf(tried + 1, next, bytes));
            }
            tried = next;
        }
        return OptionalInt.empty();
    }

    private int leastOf(int from, int found, long bytes) {
        int least = from;
        while (least < found && !fits(least, bytes)) {
            least++;
        }
        return least;
    }

    private boolean fits(int partitions, long bytes) {
        if (leastBytes + model.parameters() / partitions * Float.BYTES > bytes) {
            return false;
        }
        try {
            return needs.apply(PartitionPlan.of(model, partitions)).stream()
                    .allMatch(need -> need.containerBytes() <= bytes);
        } catch (PartitionException e) {
            return false;
        }
    }
}
