package org.distbelief.appmaster.roster;

import org.jspecify.annotations.Nullable;

/** What the roster wants done. */
public sealed interface RosterAction {
    /**
     * Ask YARN for a container.
     *
     * @param member who will run in it
     * @param request number that comes back with the container
     * @param near the node beside which it should run, that of its replica's partition 0; null if it leads itself
     * @param avoid for a shard's standby, the node of the shard that it will follow, from which it should keep away;
     *     else null
     */
    record Request(
            Member member,
            long request,
            @Nullable String near,
            @Nullable String avoid) implements RosterAction {
        /** For a member that may run on any node. */
        public Request(Member member, long request, @Nullable String near) {
            this(member, request, near, null);
        }

        /** Whether a shard's standby will run in it. */
        public boolean standby() {
            return avoid != null;
        }
    }

    /**
     * Withdraw a request that is not needed any more.
     *
     * @param request the request's number
     */
    record Withdraw(long request) implements RosterAction {}

    /**
     * Start a member in a container.
     *
     * @param member who
     * @param container where
     * @param start number of this start of the member, from 1: a shard's generation, of which no two of its copies have
     *     the same, or a replica's incarnation, which all its partitions have in common
     * @param standby whether it follows the process that serves its shard
     */
    record Launch(Member member, String container, long start, boolean standby) implements RosterAction {
        /** Of a member that is no standby. */
        public Launch(Member member, String container, long start) {
            this(member, container, start, false);
        }
    }

    /**
     * Stop a container and give it back.
     *
     * @param container which
     */
    record Stop(String container) implements RosterAction {}

    /**
     * Note that a shard or a whole replica was lost: its leases return, its registration is void.
     *
     * @param member who of it was lost first
     * @param start which start of it
     * @param reason for people
     */
    record Lost(Member member, long start, String reason) implements RosterAction {}

    /**
     * Note that a shard's standby serves in place of the process that did, or is about to. Nothing is lost.
     *
     * @param member who serves now
     * @param start which start of it
     * @param reason for people
     */
    record TakenOver(Member member, long start, String reason) implements RosterAction {}

    /**
     * Tell people of something that needs nothing done.
     *
     * @param text what
     * @param bad whether it is a failure of something
     */
    record Note(String text, boolean bad) implements RosterAction {}

    /**
     * End the job as failed.
     *
     * @param reason for people, naming the container and its log
     */
    record Fail(String reason) implements RosterAction {}
}
