package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.layer.Region;
import org.distbelief.container.partition.Crossing;
import org.distbelief.paramserver.Range;
import org.jspecify.annotations.Nullable;

/**
 * The gradient by the states of one {@link Level}. What this partition contributes to the gradient by units of others
 * goes to their owners, who add up what all contribute, in the order of the partitions.
 */
final class GradientLevel {
    private final @Nullable Region owned;
    private final @Nullable Region needed;
    private final boolean shared;
    private final FloatMemory neededBase;
    private final FloatMemory ownedBase;
    private final FloatMemory landing;
    private final List<PairedPlaces.Stretch> copied;
    private final List<Message<Neighbours.Outbox>> sending = new ArrayList<>();
    private final List<Message<Neighbours.Inbox>> receiving = new ArrayList<>();
    private @Nullable FloatMemory own;
    private @Nullable FloatMemory need;

    /** What the levels of a partition have in common. */
    record Memory(FloatMemory needed, FloatMemory owned, FloatMemory landing) {}

    /**
     * @param memory of the gradient by the needed units, by the owned ones, and for messages; other levels use it, too
     */
    GradientLevel(
            Optional<Region> owned,
            Optional<Region> needed,
            List<Region> reads,
            Memory memory,
            List<Crossing> crossings,
            int tag,
            Neighbours neighbours) {
        this.owned = owned.orElse(null);
        this.needed = needed.orElse(null);
        this.neededBase = memory.needed();
        this.ownedBase = memory.owned();
        this.landing = memory.landing();
        this.shared = sharesMemory(owned, needed);
        List<Region> common = shared || owned.isEmpty() || needed.isEmpty()
                ? List.of()
                : reads.stream()
                        .flatMap(box -> box.intersect(owned.get()).stream())
                        .toList();
        this.copied = common.isEmpty()
                ? List.of()
                : new PairedPlaces(new Pieces(needed.orElseThrow(), common), new Pieces(owned.orElseThrow(), common))
                        .stretches();
        int self = neighbours.partition();
        for (Crossing crossing : crossings) {
            if (crossing.to() == self) {
                sending.add(new Message<>(
                        neighbours.outbox(crossing.from(), tag), new Pieces(needed.orElseThrow(), crossing.boxes())));
            } else if (crossing.from() == self) {
                receiving.add(new Message<>(
                        neighbours.inbox(crossing.to(), tag), new Pieces(owned.orElseThrow(), crossing.boxes())));
            }
        }
    }

    /** Whether the gradient by the owned units is a piece of that by the needed ones. */
    static boolean sharesMemory(Optional<Region> owned, Optional<Region> needed) {
        return owned.isPresent() && needed.isPresent() && Pieces.contiguous(needed.get(), owned.get());
    }

    /** Prepares for mini-batches of another size. */
    void bind(int batch) {
        Region o = owned;
        Region n = needed;
        need = n == null ? null : neededBase.slice(0, n.units() * batch);
        own = o == null
                ? null
                : shared && n != null
                        ? neededBase.slice(Pieces.start(n, o) * batch, o.units() * batch)
                        : ownedBase.slice(0, o.units() * batch);
        for (int i = 0; i < sending.size(); i++) {
            Message<Neighbours.Outbox> message = sending.get(i);
            message.bind(message.pieces().of(need(), batch));
        }
        int at = 0;
        for (int i = 0; i < receiving.size(); i++) {
            Message<Neighbours.Inbox> message = receiving.get(i);
            message.bind(List.of(landing.slice(at, message.pieces().units() * batch)));
            at += message.pieces().units() * batch;
        }
    }

    /** The gradient by the units that this partition computes, complete after {@link #addUp}. */
    FloatMemory own() {
        FloatMemory memory = own;
        if (memory == null) {
            throw new IllegalStateException("this partition computes nothing here");
        }
        return memory;
    }

    /** What this partition contributes to the gradient by the units that it needs. */
    FloatMemory need() {
        FloatMemory memory = need;
        if (memory == null) {
            throw new IllegalStateException("this partition needs nothing here");
        }
        return memory;
    }

    /** Lets the neighbours' contributions come in. */
    void open() {
        for (int i = 0; i < receiving.size(); i++) {
            Message<Neighbours.Inbox> message = receiving.get(i);
            message.box().open(message.memory());
        }
    }

    /** Waits until the memory of {@link #need} may be overwritten. */
    void awaitSent() {
        for (int i = 0; i < sending.size(); i++) {
            Message<Neighbours.Outbox> message = sending.get(i);
            message.box().awaitSent();
        }
    }

    /** Sends the contributions to the neighbours' units. */
    void send() {
        for (int i = 0; i < sending.size(); i++) {
            Message<Neighbours.Outbox> message = sending.get(i);
            message.box().send(message.memory());
        }
    }

    /** Completes the gradient by the owned units. */
    void addUp(Kernels kernels, int batch) {
        Region region = owned;
        if (region == null) {
            return;
        }
        FloatMemory sum = own();
        if (!shared) {
            sum.clear(0, region.units() * batch);
            for (int i = 0; i < copied.size(); i++) {
                PairedPlaces.Stretch stretch = copied.get(i);
                sum.write(stretch.to() * batch, need(), stretch.from() * batch, stretch.units() * batch);
            }
        }
        for (int i = 0; i < receiving.size(); i++) {
            Message<Neighbours.Inbox> message = receiving.get(i);
            message.box().await();
            int at = 0;
            for (Range range : message.pieces().places()) {
                int count = (int) range.size() * batch;
                kernels.axpy(count, 1, message.memory().get(0), at, sum, (int) range.start() * batch);
                at += count;
            }
        }
    }
}
