package org.distbelief.container.exchange;

import java.util.List;
import org.distbelief.container.kernel.FloatMemory;

/**
 * The other partitions of a replica, as one of them reaches them. Floats go straight from the memory of the one to the
 * memory of the other. Messages of one tag arrive in the order in which they were sent; so do words. For one thread;
 * every wait has a bound, after which the neighbour counts as lost. All methods that speak to a neighbour throw a
 * {@link NeighbourException} where it is lost.
 */
public interface Neighbours extends AutoCloseable {
    /** The number of this partition, from 0. */
    int partition();

    /** Number of partitions of the replica. */
    int partitions();

    /**
     * Where messages to a neighbour go out.
     *
     * @param to the neighbour
     * @param tag names the message; the neighbour has an inbox of the same tag
     */
    Outbox outbox(int to, int tag);

    /**
     * Where messages of a neighbour come in.
     *
     * @param from the neighbour
     * @param tag names the message
     */
    Inbox inbox(int from, int tag);

    /** Sends a few bytes. */
    void tell(int to, byte[] words);

    /** Waits for the next bytes that a neighbour sent with {@link #tell}. */
    byte[] hear(int from);

    /** Gives up all connections: the neighbours notice at once. */
    @Override
    void close();

    /** One kind of message to one neighbour. */
    interface Outbox {
        /**
         * Sends a message.
         *
         * @param pieces its floats, in order; must not change until {@link #awaitSent} has returned
         */
        void send(List<FloatMemory> pieces);

        /** Waits until nothing of the last message is needed any more. */
        void awaitSent();
    }

    /** One kind of message from one neighbour. */
    interface Inbox {
        /**
         * Says where the next message goes; until then it waits at its sender or on the way.
         *
         * @param pieces memory for all floats of the message; must not be touched until {@link #await} has returned
         */
        void open(List<FloatMemory> pieces);

        /** Waits until the message is where {@link #open} said. */
        void await();
    }
}
