package org.distbelief.appmaster.roster;

import org.jspecify.annotations.Nullable;

/**
 * A member's present state, for display and decisions. Immutable.
 *
 * @param member who
 * @param state where it stands
 * @param place its container; null while it waits for one
 * @param start number of its present or last start; that of the attempt's beginning before the first
 * @param sinceMillis when it entered this state or was last heard
 * @param request number of the outstanding request; 0 when there is none
 */
public record Seat(Member member, State state, @Nullable Place place, long start, long sinceMillis, long request) {

    /** States of a member. */
    public enum State {
        /** Waits for a container. */
        WAITING,
        /** Its process was started and has not been heard yet. */
        STARTING,
        /** It was heard. */
        RUNNING,
        /** A shard's standby that should serve now, as the process that did is gone, and has not been heard to. */
        TAKING_OVER,
        /** It ended and is not needed any more. */
        STOPPED
    }

    /** Id of its container; null while it waits for one. */
    public @Nullable String container() {
        return place == null ? null : place.container();
    }

    /** Node of its container; null while it waits for one. */
    public @Nullable String host() {
        return place == null ? null : place.host();
    }

    /** Address of its container's logs; null while it waits for one. */
    public @Nullable String logs() {
        return place == null ? null : place.logs();
    }

    /** Whether a process of it may be running. */
    boolean lives() {
        return state == State.STARTING || state == State.RUNNING || state == State.TAKING_OVER;
    }

    /** Whether a container was asked for and has not come. */
    boolean asked() {
        return state == State.WAITING && request != 0;
    }

    Seat with(State newState, long now) {
        return new Seat(member, newState, place, start, now, 0);
    }

    Seat waiting(long now) {
        return new Seat(member, State.WAITING, null, start, now, 0);
    }

    Seat asked(long newRequest, long now) {
        return new Seat(member, State.WAITING, null, start, now, newRequest);
    }

    Seat launched(Place newPlace, long newStart, long now) {
        return new Seat(member, State.STARTING, newPlace, newStart, now, 0);
    }
}
