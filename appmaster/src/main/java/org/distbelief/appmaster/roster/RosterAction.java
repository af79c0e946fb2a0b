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
     */
    record Request(Member member, long request, @Nullable String near) implements RosterAction {}

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
     * @param start number of this start of the member, from 1: a shard's generation, a replica's incarnation, which all
     *     its partitions have in common
     */
    record Launch(Member member, String container, long start) implements RosterAction {}

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
     * End the job as failed.
     *
     * @param reason for people, naming the container and its log
     */
    record Fail(String reason) implements RosterAction {}
}
