package org.distbelief.container.master;

import java.util.List;
import java.util.Optional;

/**
 * The master's answer to a coordinator.
 *
 * @param order what it is to do
 * @param term the term in which it is to lead; where it is another one than the coordinator's, whatever this one did is
 *     void, and it begins from the standing. 0 where it is not to lead
 * @param standing where a new term begins; empty to begin at the vector {@code parameters} as it is
 * @param replicas the model replicas that are there; a report from any other is refused
 */
public record CoordinatorReply(Order order, long term, Optional<Standing> standing, List<ReplicaPlace> replicas) {
    /** Copies the list. */
    public CoordinatorReply {
        replicas = List.copyOf(replicas);
    }

    /** What a coordinator is to do. */
    public enum Order {
        /** It does not lead, or not yet. */
        STAND_BY,
        /** It leads. */
        LEAD,
        /**
         * It leads, and waits after the iteration under way, with the point in {@code parameters}, until it hears
         * otherwise.
         */
        HOLD,
        /** The job is done: it ends. */
        FINISH
    }

    /**
     * A model replica.
     *
     * @param replica its number
     * @param incarnation the only life of it that is listened to
     * @param host node on which its partition 0 runs, which reads the data
     */
    public record ReplicaPlace(int replica, long incarnation, String host) {}
}
