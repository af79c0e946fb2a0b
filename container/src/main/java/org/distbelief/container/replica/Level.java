package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.Region;
import org.distbelief.container.partition.Crossing;
import org.jspecify.annotations.Nullable;

/**
 * The states of one layer's units in one partition: those it computes itself, and those it needs for the layer above.
 * They share memory where the ones lie in one piece within the others; where a partition is alone nothing is copied.
 */
final class Level {
    private final @Nullable Region owned;
    private final @Nullable Region needed;
    private final @Nullable FloatMemory ownedBase;
    private final @Nullable FloatMemory neededBase;
    private final List<PairedPlaces.Stretch> copied;
    private final @Nullable Region available;
    private final List<Message<Neighbours.Outbox>> sending = new ArrayList<>();
    private final List<Message<Neighbours.Inbox>> receiving = new ArrayList<>();

    private @Nullable FloatMemory own;
    private @Nullable FloatMemory need;

    /**
     * @param owned what this partition computes; empty where that is nothing
     * @param needed what it needs for the layer above; empty where that is nothing
     * @param reads which of the needed units are really read
     * @param foreign whether the owned states lie in somebody else's memory, given to {@link #bind}
     * @param crossings what travels between all partitions
     */
    Level(
            Optional<Region> owned,
            Optional<Region> needed,
            List<Region> reads,
            boolean foreign,
            int maxBatch,
            List<Crossing> crossings,
            int tag,
            Neighbours neighbours) {
        this.owned = owned.orElse(null);
        this.needed = needed.orElse(null);
        this.available =
                owned.flatMap(region -> needed.flatMap(region::intersect)).orElse(null);
        Apart apart = apart(owned, needed, foreign);
        this.neededBase = apart.needed().map(region -> memory(region, maxBatch)).orElse(null);
        this.ownedBase = apart.owned().map(region -> memory(region, maxBatch)).orElse(null);
        List<Region> common = owned.isEmpty() || needed.isEmpty()
                ? List.of()
                : reads.stream()
                        .flatMap(box -> box.intersect(owned.get()).stream())
                        .toList();
        boolean copies = neededBase != null && (ownedBase != null || foreign) && !common.isEmpty();
        this.copied = copies
                ? new PairedPlaces(new Pieces(owned.orElseThrow(), common), new Pieces(needed.orElseThrow(), common))
                        .stretches()
                : List.of();
        int self = neighbours.partition();
        for (Crossing crossing : crossings) {
            if (crossing.from() == self) {
                sending.add(new Message<>(
                        neighbours.outbox(crossing.to(), tag), new Pieces(owned.orElseThrow(), crossing.boxes())));
            } else if (crossing.to() == self) {
                receiving.add(new Message<>(
                        neighbours.inbox(crossing.from(), tag), new Pieces(needed.orElseThrow(), crossing.boxes())));
            }
        }
    }

    /** Those of the owned and the needed units that have memory of their own. */
    private record Apart(Optional<Region> owned, Optional<Region> needed) {}

    private static Apart apart(Optional<Region> owned, Optional<Region> needed, boolean foreign) {
        boolean both = owned.isPresent() && needed.isPresent();
        boolean within = both && Pieces.contiguous(needed.get(), owned.get());
        boolean around = both && Pieces.contiguous(owned.get(), needed.get());
        Optional<Region> apart = needed.filter(region -> !(around && (foreign || !within)));
        return new Apart(owned.filter(region -> !foreign && !(apart.isPresent() && within)), apart);
    }

    private static FloatMemory memory(Region region, int maxBatch) {
        return FloatMemory.allocate((long) region.units() * maxBatch);
    }

    /** Bytes off-heap that a level takes. */
    static long bytes(Optional<Region> owned, Optional<Region> needed, boolean foreign, int maxBatch) {
        Apart apart = apart(owned, needed, foreign);
        return Stream.of(apart.owned(), apart.needed())
                .flatMap(Optional::stream)
                .mapToLong(region -> FloatMemory.bytesFor((long) region.units() * maxBatch))
                .sum();
    }

    /**
     * Prepares for mini-batches of another size.
     *
     * @param foreign the owned states; null where they lie in this level's own memory
     */
    void bind(int batch, @Nullable FloatMemory foreign) {
        Region o = owned;
        Region n = needed;
        own = o == null
                ? null
                : foreign != null
                        ? foreign
                        : ownedBase != null
                                ? ownedBase
                                : slice(neededBase, n == null ? 0 : Pieces.start(n, o), o, batch);
        need = n == null
                ? null
                : neededBase != null ? neededBase : slice(own, o == null ? 0 : Pieces.start(o, n), n, batch);
        for (int i = 0; i < sending.size(); i++) {
            Message<Neighbours.Outbox> message = sending.get(i);
            message.bind(message.pieces().of(own(), batch));
        }
        for (int i = 0; i < receiving.size(); i++) {
            Message<Neighbours.Inbox> message = receiving.get(i);
            message.bind(message.pieces().of(need(), batch));
        }
    }

    private static FloatMemory slice(@Nullable FloatMemory memory, int start, Region region, int batch) {
        if (memory == null) {
            throw new IllegalStateException("expected memory to share");
        }
        return memory.slice(start * batch, region.units() * batch);
    }

    /** The states that this partition computes. */
    FloatMemory own() {
        FloatMemory memory = own;
        if (memory == null) {
            throw new IllegalStateException("this partition computes nothing here");
        }
        return memory;
    }

    /** The states that the layer above needs. */
    FloatMemory need() {
        FloatMemory memory = need;
        if (memory == null) {
            throw new IllegalStateException("this partition needs nothing here");
        }
        return memory;
    }

    /** Lets the neighbours' states come in. */
    void open() {
        for (int i = 0; i < receiving.size(); i++) {
            Message<Neighbours.Inbox> message = receiving.get(i);
            message.box().open(message.memory());
        }
    }

    /** Waits until the memory of {@link #own} may be overwritten. */
    void awaitSent() {
        for (int i = 0; i < sending.size(); i++) {
            Message<Neighbours.Outbox> message = sending.get(i);
            message.box().awaitSent();
        }
    }

    /**
     * Which of the needed states are there before those of neighbours come in: those that this partition computes. Null
     * where that is none, or all.
     */
    @Nullable
    Region early() {
        return receiving.isEmpty() ? null : available;
    }

    /** Sends the own states to those who need them. */
    void send(int batch) {
        for (int i = 0; i < sending.size(); i++) {
            sending.get(i).box().send(sending.get(i).memory());
        }
        for (int i = 0; i < copied.size(); i++) {
            PairedPlaces.Stretch stretch = copied.get(i);
            need().write(stretch.to() * batch, own(), stretch.from() * batch, stretch.units() * batch);
        }
    }

    /** Completes the needed states. */
    void await() {
        for (int i = 0; i < receiving.size(); i++) {
            receiving.get(i).box().await();
        }
    }
}
