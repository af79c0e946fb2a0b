package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.appmaster.roster.Seat.State;

/**
 * Keeps the partitions of every replica together: partition 0 is asked for first, the others then near it; when one is
 * lost, the others are stopped, and all are asked for again under the next number. Such a loss counts once: the endings
 * that follow from it are those of containers that nobody sits in any more. So that half of several replicas can't take
 * up the room that one whole replica needs, the first one gets its containers before the others are asked for.
 */
final class ReplicaRules implements Rules {
    private final Board board;
    private final long startsBefore;

    ReplicaRules(Board board, long startsBefore) {
        this.board = board;
        this.startsBefore = startsBefore;
    }

    @Override
    public List<RosterAction> begin(long now) {
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : board.groups()) {
            boolean first = group.index() == 0 || group.seats().size() == 1;
            if (group.role() == Role.REPLICA && first) {
                actions.add(board.ask(group.leader(), null, null, now));
            }
        }
        return actions;
    }

    @Override
    public List<RosterAction> allocated(Seat seat, Place place, long now) {
        Member member = seat.member();
        long start = startsBefore + board.group(member).restarts() + 1;
        Group group = board.put(seat.launched(place, start, now));
        List<RosterAction> actions = new ArrayList<>(List.of(
                new RosterAction.Withdraw(seat.request()), new RosterAction.Launch(member, place.container(), start)));
        if (member.partition() == 0) {
            group.seats().stream().skip(1).forEach(other -> actions.add(board.ask(other, place.host(), null, now)));
        }
        if (group.launched()) {
            for (Group other : board.groups()) {
                Seat leader = other.leader();
                if (other.role() == Role.REPLICA && leader.state() == State.WAITING && !leader.asked()) {
                    actions.add(board.ask(leader, null, null, now));
                }
            }
        }
        return actions;
    }

    /** A replica reported. Words from an earlier start are passed over. */
    void heard(int index, long start, long now) {
        board.find(Role.REPLICA, index)
                .filter(group -> group.launched() && group.leader().start() == start)
                .ifPresent(group -> board.put(group.heard(now)));
    }

    @Override
    public List<RosterAction> ended(Seat seat, Ending ending, long now) {
        if (ending.cause() == Ending.Cause.FINISHED) {
            Group group = board.put(seat.with(State.STOPPED, now));
            boolean all = group.seats().stream().allMatch(s -> s.state() == State.STOPPED);
            return all
                    ? List.of(new RosterAction.Lost(seat.member(), seat.start(), group + " has finished"))
                    : List.of();
        }
        return failed(seat, ending, false, now);
    }

    @Override
    public List<RosterAction> tick(Group group, long now) {
        Optional<Seat> unplaced =
                group.seats().stream().filter(s -> board.unplaced(s, now)).findFirst();
        if (unplaced.isEmpty()) {
            return group.launched() ? silent(group, now) : List.of();
        }
        String what = board.unplaced(group, unplaced.get());
        if (board.groups().stream().noneMatch(g -> g.role() == Role.REPLICA && g.state() == State.RUNNING)) {
            return List.of(Board.cannotGoOn(what));
        }
        return group.leader().lives()
                ? board.again(group.leader(), true, what + "; those of " + group + " are given back", now)
                : List.of();
    }

    /** Only the leader speaks, and only once everybody is there: who is silent is the first that lives. */
    private List<RosterAction> silent(Group group, long now) {
        Optional<Seat> speaker = group.seats().stream().filter(Seat::lives).findFirst();
        return speaker.flatMap(seat -> board.silence(seat, group.sinceMillis(), now))
                .map(ending -> failed(speaker.get(), ending, true, now))
                .orElse(List.of());
    }

    /** @param lives whether the container is still there */
    private List<RosterAction> failed(Seat seat, Ending ending, boolean lives, long now) {
        String reason = Board.describe(board.group(seat.member()), seat, ending);
        Optional<RosterAction> end = board.count(ending, reason);
        if (end.isPresent()) {
            return List.of(end.get());
        }
        String whole = seat.member().partitions() > 1 ? "; the replica starts anew as a whole" : "";
        return board.again(seat, lives, reason + whole, now);
    }
}
