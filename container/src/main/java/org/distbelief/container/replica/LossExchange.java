package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.loss.OtherRegions;

/** Lets the partitions that own outputs tell each other what their loss needs. */
final class LossExchange implements OtherRegions {
    private static final int MOST_FLOATS_PER_EXAMPLE = 2;
    private static final int WORKING = 2;

    private final List<Integer> owners;
    private final int self;
    private final List<Neighbours.Outbox> outboxes = new ArrayList<>();
    private final List<Neighbours.Inbox> inboxes = new ArrayList<>();
    private final List<FloatMemory> landings = new ArrayList<>();
    private final List<FloatMemory> working = new ArrayList<>();
    private final int most;

    /** @param owners the partitions that own outputs, ascending */
    LossExchange(List<Integer> owners, int tag, int maxBatch, Neighbours neighbours) {
        this.owners = owners;
        this.self = neighbours.partition();
        this.most = MOST_FLOATS_PER_EXAMPLE * maxBatch;
        if (owners.contains(self)) {
            for (int i = 0; i < WORKING; i++) {
                working.add(FloatMemory.allocate(most));
            }
            for (int other : owners) {
                if (other != self) {
                    outboxes.add(neighbours.outbox(other, tag));
                    inboxes.add(neighbours.inbox(other, tag));
                    landings.add(FloatMemory.allocate(most));
                }
            }
        }
    }

    /** Bytes off-heap that one takes in a partition. */
    static long bytes(List<Integer> owners, int partition, int maxBatch) {
        return owners.contains(partition)
                ? (owners.size() - 1 + WORKING) * FloatMemory.bytesFor((long) MOST_FLOATS_PER_EXAMPLE * maxBatch)
                : 0;
    }

    @Override
    public FloatMemory memory(int piece, int floats) {
        return working.get(piece).slice(0, floats);
    }

    @Override
    public List<FloatMemory> tell(FloatMemory own) {
        if (own.size() > most) {
            throw new IllegalArgumentException("expected at most " + most + " floats, found " + own);
        }
        List<FloatMemory> all = new ArrayList<>();
        for (int i = 0; i < inboxes.size(); i++) {
            inboxes.get(i).open(List.of(landings.get(i).slice(0, own.size())));
        }
        for (Neighbours.Outbox outbox : outboxes) {
            outbox.send(List.of(own));
        }
        int other = 0;
        for (int owner : owners) {
            if (owner == self) {
                all.add(own);
            } else {
                inboxes.get(other).await();
                all.add(landings.get(other).slice(0, own.size()));
                other++;
            }
        }
        for (Neighbours.Outbox outbox : outboxes) {
            outbox.awaitSent();
        }
        return all;
    }
}
