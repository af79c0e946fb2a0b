package org.distbelief.paramserver.pace;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.distbelief.paramserver.RangeSet;

/**
 * How far a shard has gathered the gradients of a round, where the replicas go in step.
 *
 * @param round clock of the update that is gathered; -1 before the first
 * @param units what is known of the parameters of each push
 */
public record RoundState(long round, List<Unit> units) {
    /** Before the first gradient. */
    public static final RoundState NONE = new RoundState(Turn.UNKNOWN, List.of());

    /** Copies the list. */
    public RoundState {
        units = List.copyOf(units);
    }

    /**
     * The parameters of one push.
     *
     * @param givers replicas whose gradient has been added to the sum
     * @param closed whether the mean of the gradients has been applied
     */
    public record Unit(RangeSet ranges, Set<Integer> givers, boolean closed) {
        /** Copies the set. */
        public Unit {
            givers = Set.copyOf(givers);
        }

        static Unit of(RangeSet ranges, BitSet givers, boolean closed) {
            return new Unit(ranges, givers.stream().boxed().collect(Collectors.toSet()), closed);
        }
    }
}
