package org.distbelief.appmaster.roster;

import java.util.List;

/** What happens to the members of a role while the job's work goes on. */
sealed interface Rules permits ShardRules, ReplicaRules, CoordinatorRules {
    /** Asks for what is asked for first. */
    List<RosterAction> begin(long now);

    /**
     * A container came for a seat that asked for one.
     *
     * @param seat who; its request is to be withdrawn
     */
    List<RosterAction> allocated(Seat seat, Place place, long now);

    /**
     * A container ended, or could not be started.
     *
     * @param seat who was in it
     */
    List<RosterAction> ended(Seat seat, Ending ending, long now);

    /** Looks for members of a group that wait or stay silent for too long. */
    List<RosterAction> tick(Group group, long now);
}
