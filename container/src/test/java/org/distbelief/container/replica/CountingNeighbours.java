package org.distbelief.container.replica;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;

/** Counts the floats that are sent, by sender, receiver and tag. */
final class CountingNeighbours implements Neighbours {
    private final Neighbours counted;
    private final Map<Way, Long> floats;

    /** Who sent what to whom. */
    record Way(int from, int to, int tag) {}

    private CountingNeighbours(Neighbours counted, Map<Way, Long> floats) {
        this.counted = counted;
        this.floats = floats;
    }

    /** Counts into a map that several partitions may share. */
    static Neighbours into(ConcurrentHashMap<Way, Long> floats, Neighbours counted) {
        return new CountingNeighbours(counted, floats);
    }

    @Override
    public int partition() {
        return counted.partition();
    }

    @Override
    public int partitions() {
        return counted.partitions();
    }

    @Override
    public Outbox outbox(int to, int tag) {
        Outbox outbox = counted.outbox(to, tag);
        Way way = new Way(partition(), to, tag);
        return new Outbox() {
            @Override
            public void send(List<FloatMemory> pieces) {
                long sum = pieces.stream().mapToLong(FloatMemory::size).sum();
                floats.merge(way, sum, Long::sum);
                outbox.send(pieces);
            }

            @Override
            public void awaitSent() {
                outbox.awaitSent();
            }
        };
    }

    @Override
    public Inbox inbox(int from, int tag) {
        return counted.inbox(from, tag);
    }

    @Override
    public void tell(int to, byte[] words) {
        counted.tell(to, words);
    }

    @Override
    public byte[] hear(int from) {
        return counted.hear(from);
    }

    @Override
    public void close() {
        counted.close();
    }
}
