package org.distbelief.container.replica;

import java.util.List;
import org.distbelief.container.kernel.FloatMemory;

/**
 * Units that travel between this partition and a neighbour: where they go out or come in, where they lie, and for the
 * mini-batch at hand the memory that is sent or written.
 *
 * @param <T> an outbox or an inbox
 */
final class Message<T> {
    private final T box;
    private final Pieces pieces;
    private List<FloatMemory> memory = List.of();

    Message(T box, Pieces pieces) {
        this.box = box;
        this.pieces = pieces;
    }

    T box() {
        return box;
    }

    Pieces pieces() {
        return pieces;
    }

    List<FloatMemory> memory() {
        return memory;
    }

    /** Takes the memory for mini-batches of another size. */
    void bind(List<FloatMemory> other) {
        memory = other;
    }
}
