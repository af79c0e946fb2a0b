package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.distbelief.appmaster.roster.Seat.State;

/**
 * The members that run only together: a parameter shard by itself, or all partitions of one model replica. They have
 * the same start number; whatever is lost of a group, it starts anew as a whole. Immutable.
 *
 * @param role what its members do
 * @param index from 0 within the role
 * @param restarts how often it was lost and asked for again
 * @param seats its members, by partition; never empty
 */
public record Group(Role role, int index, int restarts, List<Seat> seats) {
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
                        .toList());
    }

    /** The shard, or a replica's partition 0: it is asked for first, and its words count for all. */
    public Seat leader() {
        return seats.get(0);
    }

    /**
     * Where it stands as a whole: it waits while any member does, then starts while any does, has stopped when any has,
     * and else runs.
     */
    public State state() {
        for (State state : List.of(State.WAITING, State.STARTING, State.STOPPED)) {
            if (seats.stream().anyMatch(s -> s.state() == state)) {
                return state;
            }
        }
        return State.RUNNING;
    }

    /** Whether every member was given a container since the group was last asked for. */
    public boolean launched() {
        return seats.stream().noneMatch(s -> s.state() == State.WAITING);
    }

    /** When something last happened to those of its members that live; 0 if none does. */
    long sinceMillis() {
        return seats.stream()
                .filter(Seat::lives)
                .mapToLong(Seat::sinceMillis)
                .max()
                .orElse(0);
    }

    Group with(Seat changed) {
        List<Seat> all = new ArrayList<>(seats);
        all.set(changed.member().partition(), changed);
        return new Group(role, index, restarts, all);
    }

    Group heard(long now) {
        return new Group(
                role,
                index,
                restarts,
                seats.stream()
                        .map(s -> s.lives() ? s.with(State.RUNNING, now) : s)
                        .toList());
    }

    /** Nobody has a container, and nobody was asked for yet. */
    Group anew(long now) {
        return new Group(
                role,
                index,
                restarts + 1,
                seats.stream().map(s -> s.waiting(now)).toList());
    }

    @Override
    public String toString() {
        return role.word() + " " + index;
    }
}
