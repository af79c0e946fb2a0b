package org.distbelief.appmaster.roster;

import org.jspecify.annotations.Nullable;

/**
 * A member's present state, for display and decisions. Immutable.
 *
 * @param member who
 * @param state where it stands
 * @param container container id; null while it waits for one
 * @param host node of the container; null while it waits for one
 * @param logs address of the container's logs; null while it waits for one
 * @param start number of its present or last start; 0 before the first
 * @param restarts how often it was lost and asked for again
 * @param sinceMillis when it entered this state or was last heard
 * @param request number of the outstanding request; 0 when there is none
 */
public record Seat(
        Member member,
        State state,
        @Nullable String container,
        @Nullable String host,
        @Nullable String logs,
        long start,
        int restarts,
        long sinceMillis,
        long request) {

    /** States of a member. */
    public enum State {
        /** Waits for a container. */
        WAITING,
        /** Its process was started and has not been heard yet. */
        STARTING,
        /** It was heard. */
        RUNNING,
        /** It ended and is not needed any more. */
        STOPPED
    }

    Seat with(State state, long now) {
        return new Seat(member, state, container, host, logs, start, restarts, now, 0);
    }

    Seat waiting(long request, int restarts, long now) {
        return new Seat(member, State.WAITING, null, null, null, start, restarts, now, request);
    }

    Seat launched(String container, String host, String logs, long now) {
        return new Seat(member, State.STARTING, container, host, logs, start + 1, restarts, now, 0);
    }
}
