package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.appmaster.roster.Seat.State;

/**
 * The members that together are one shard or one model replica. Immutable.
 *
 * <p>The partitions of a replica run only together: they have the same start number, and whatever is lost of them, the
 * replica starts anew as a whole. The copies of a shard have start numbers of their own: one serves, and the other is
 * its standby, which may be lost and come back while the shard goes on.
 *
 * @param role what its members do
 * @param index from 0 within the role
 * @param restarts how often it was lost and asked for again
 * @param seats its members, by partition or copy; never empty
 * @param copies which of a shard's copies serves, and what is known of the other
 */
public record Group(Role role, int index, int restarts, List<Seat> seats, Copies copies) {
    /** Copies the list. */
    public Group {
        seats = List.copyOf(seats);
    }

    static Group of(Role role, int index, int partitions, long startsBefore) {
        return new Group(
                role,
                index,
                0,
                IntStream.range(0, partitions)
                        .mapToObj(p -> new Seat(
                                new Member(role, index, p, partitions), State.WAITING, null, startsBefore, 0, 0))
                        .toList(),
                Copies.FIRST);
    }

    /**
     * The copy of a shard that serves, or a replica's partition 0: it is asked for first, and its words count for all.
     */
    public Seat leader() {
        return seats.get(copies.serving());
    }

    /** The copy of a shard that does not serve; empty for a shard without and for a replica. */
    public Optional<Seat> standby() {
        return role == Role.SHARD && seats.size() > 1 ? Optional.of(seats.get(1 - copies.serving())) : Optional.empty();
    }

    /** Whether this seat is that of a shard's copy that does not serve. */
    boolean isStandby(Seat seat) {
        return role == Role.SHARD && seat.member().partition() != copies.serving();
    }

    /**
     * Where it stands as a whole. A replica waits while any member does, then starts while any does, has stopped when
     * any has, and else runs. A shard is where its serving copy is.
     */
    public State state() {
        if (role == Role.SHARD) {
            return leader().state();
        }
        for (State state : List.of(State.WAITING, State.STARTING, State.STOPPED)) {
            if (seats.stream().anyMatch(s -> s.state() == state)) {
                return state;
            }
        }
        return State.RUNNING;
    }

    /** Whether every member that it can't do without was given a container since the group was last asked for. */
    public boolean launched() {
        return role == Role.SHARD
                ? leader().state() != State.WAITING
                : seats.stream().noneMatch(s -> s.state() == State.WAITING);
    }

    /** What people call one of its members. */
    public String name(Seat seat) {
        if (!isStandby(seat)) {
            return role == Role.SHARD ? toString() : seat.member().toString();
        }
        return (seat.lives() && seat.start() < leader().start() ? "former process of " : "standby of ") + this;
    }

    /** When something last happened to those of its members that live; 0 if none does. */
    long sinceMillis() {
        return seats.stream()
                .filter(Seat::lives)
                .mapToLong(Seat::sinceMillis)
                .max()
                .orElse(0);
    }

    /** The next start number of a shard's process, whichever copy it is. */
    long nextStart() {
        return 1 + seats.stream().mapToLong(Seat::start).max().orElse(0);
    }

    Group with(Seat changed) {
        List<Seat> all = new ArrayList<>(seats);
        all.set(changed.member().partition(), changed);
        return new Group(role, index, restarts, all, copies);
    }

    Group with(Copies known) {
        return new Group(role, index, restarts, seats, known);
    }

    Group heard(long now) {
        return new Group(
                role,
                index,
                restarts,
                seats.stream()
                        .map(s -> s.lives() ? s.with(State.RUNNING, now) : s)
                        .toList(),
                copies);
    }

    /** Nobody has a container, and nobody was asked for yet. */
    Group anew(long now) {
        return new Group(
                role,
                index,
                restarts + 1,
                seats.stream().map(s -> s.waiting(now)).toList(),
                copies.anew());
    }

    @Override
    public String toString() {
        return role.word() + " " + index;
    }
}
