package org.distbelief.appmaster.roster;

/**
 * What is known of the processes that hold a shard. Immutable.
 *
 * @param serving which of them serves, or is to: the others follow it; of a replica always its partition 0
 * @param inSync whether, by what the serving one said last, the other holds all that was acknowledged
 * @param takeovers how often the other has taken over
 * @param refused containers given back since a standby was last placed, for being on the serving one's node
 * @param missed whether people were told that no container is found for the standby
 */
public record Copies(int serving, boolean inSync, int takeovers, int refused, boolean missed) {
    static final Copies FIRST = new Copies(0, false, 0, 0, false);

    /** Another serves now; whether its standby can take over has yet to be heard. */
    Copies takenOverBy(int copy) {
        return new Copies(copy, false, takeovers + 1, refused, missed);
    }

    Copies inSync(boolean now) {
        return new Copies(serving, now, takeovers, refused, missed);
    }

    Copies refusedOne() {
        return new Copies(serving, inSync, takeovers, refused + 1, missed);
    }

    /** The standby has a container. */
    Copies placed() {
        return new Copies(serving, inSync, takeovers, 0, false);
    }

    Copies missing() {
        return new Copies(serving, inSync, takeovers, refused, true);
    }

    /** All begin again with the first. */
    Copies anew() {
        return new Copies(0, false, takeovers, 0, false);
    }
}
