package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * The gradient by parameters that several partitions share: each computes its own part, their first one adds them up in
 * the order of the partitions, and all get the sum.
 */
final class TiedGradient {
    private final List<FloatMemory> blocks = new ArrayList<>();
    private final List<FloatMemory> whole;
    private final List<Neighbours.Outbox> outboxes = new ArrayList<>();
    private final List<Neighbours.Inbox> inboxes = new ArrayList<>();
    private final List<List<FloatMemory>> landings = new ArrayList<>();
    private final boolean first;

    /**
     * @param sizes floats of each block
     * @param sharers the partitions that share them, this one included, ascending
     * @param tag of the parts; the sum has the next one
     */
    TiedGradient(List<Integer> sizes, List<Integer> sharers, int tag, Neighbours neighbours) {
        int total = sizes.stream().mapToInt(Integer::intValue).sum();
        FloatMemory memory = FloatMemory.allocate(total);
        int at = 0;
        for (int size : sizes) {
            blocks.add(memory.slice(at, size));
            at += size;
        }
        this.whole = List.of(memory);
        int owner = sharers.get(0);
        this.first = owner == neighbours.partition();
        if (first) {
            for (int other : sharers.subList(1, sharers.size())) {
                inboxes.add(neighbours.inbox(other, tag));
                outboxes.add(neighbours.outbox(other, tag + 1));
                landings.add(List.of(FloatMemory.allocate(total)));
            }
        } else {
            outboxes.add(neighbours.outbox(owner, tag));
            inboxes.add(neighbours.inbox(owner, tag + 1));
        }
    }

    /** Bytes off-heap that one takes. */
    static long bytes(long floats, List<Integer> sharers, int partition) {
        return FloatMemory.bytesFor(floats) * (sharers.get(0) == partition ? sharers.size() : 1);
    }

    /** Where this partition's part goes; after {@link #sum} it holds the sum. */
    List<FloatMemory> blocks() {
        return blocks;
    }

    /** Lets the neighbours' parts come in. */
    void open() {
        for (int i = 0; first && i < inboxes.size(); i++) {
            inboxes.get(i).open(landings.get(i));
        }
    }

    /** Waits until {@link #blocks} may be overwritten. */
    void awaitSent() {
        for (Neighbours.Outbox outbox : outboxes) {
            outbox.awaitSent();
        }
    }

    /** Hands this partition's part on. */
    void send() {
        if (!first) {
            outboxes.get(0).send(whole);
        }
    }

    /** Makes the sum. */
    void sum(Kernels kernels) {
        if (!first) {
            outboxes.get(0).awaitSent();
            inboxes.get(0).open(whole);
            inboxes.get(0).await();
            return;
        }
        FloatMemory sum = whole.get(0);
        for (int i = 0; i < inboxes.size(); i++) {
            inboxes.get(i).await();
            kernels.axpy(sum.size(), 1, landings.get(i).get(0), sum);
        }
        for (Neighbours.Outbox outbox : outboxes) {
            outbox.send(whole);
        }
    }
}
