package org.distbelief.paramserver.pace;

import java.util.List;
import java.util.Set;
import org.distbelief.paramserver.RangeSet;

/**
 * What a shard reckons with where replicas do not run as they like: who takes part, and how far it has gathered the
 * gradients of a round where they go in step.
 *
 * @param round clock of the update that is gathered; -1 before the first
 * @param units what is known of the parameters of each push
 * @param participants who takes part
 */
public record RoundState(long round, List<Unit> units, List<Participant> participants) {
    /** Copies the lists. */
    public RoundState {
        units = List.copyOf(units);
        participants = List.copyOf(participants);
    }

    /**
     * The parameters of one push.
     *
     * @param givers replicas whose gradient has been added to the sum
     * @param gradients how many gradients have; a replica that came back may have given two
     * @param closed whether the mean of the gradients has been applied
     */
    public record Unit(RangeSet ranges, Set<Integer> givers, int gradients, boolean closed) {
        /** Copies the set. */
        public Unit {
            givers = Set.copyOf(givers);
        }
    }

    /**
     * A replica that others wait for.
     *
     * @param clock number of its next update
     */
    public record Participant(int replica, long incarnation, long clock) {}
}
