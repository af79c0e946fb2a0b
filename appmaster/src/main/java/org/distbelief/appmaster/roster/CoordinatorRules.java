package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.appmaster.roster.Seat.State;

/**
 * Keeps every coordinator in a container. Which of them leads is ZooKeeper's business; a job goes on as long as one is
 * there, and goes on asking for the others.
 */
final class CoordinatorRules implements Rules {
    private final Board board;
    private final long startsBefore;

    CoordinatorRules(Board board, long startsBefore) {
        this.board = board;
        this.startsBefore = startsBefore;
    }

    @Override
    public List<RosterAction> begin(long now) {
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : board.groups()) {
            if (group.role() == Role.COORDINATOR) {
                actions.add(board.ask(group.leader(), null, null, now));
            }
        }
        return actions;
    }

    @Override
    public List<RosterAction> allocated(Seat seat, Place place, long now) {
        long start = startsBefore + board.group(seat.member()).restarts() + 1;
        board.put(seat.launched(place, start, now));
        return List.of(
                new RosterAction.Withdraw(seat.request()),
                new RosterAction.Launch(seat.member(), place.container(), start));
    }

    /** A coordinator reported. Words from an earlier start are passed over. */
    void heard(int index, long start, long now) {
        board.find(Role.COORDINATOR, index)
                .map(Group::leader)
                .filter(seat -> seat.lives() && seat.start() == start)
                .ifPresent(seat -> board.put(seat.with(State.RUNNING, now)));
    }

    @Override
    public List<RosterAction> ended(Seat seat, Ending ending, long now) {
        return failed(seat, ending, false, now);
    }

    @Override
    public List<RosterAction> tick(Group group, long now) {
        Seat seat = group.leader();
        if (board.unplaced(seat, now)) {
            boolean others = board.groups().stream()
                    .anyMatch(g -> g.role() == Role.COORDINATOR && g.leader().lives());
            return others ? List.of() : List.of(Board.cannotGoOn(board.unplaced(group, seat)));
        }
        return seat.lives()
                ? board.silence(seat, seat.sinceMillis(), now)
                        .map(ending -> failed(seat, ending, true, now))
                        .orElse(List.of())
                : List.of();
    }

    /** @param lives whether the container is still there */
    private List<RosterAction> failed(Seat seat, Ending ending, boolean lives, long now) {
        String reason = Board.describe(board.group(seat.member()), seat, ending);
        return board.count(ending, reason).map(List::of).orElseGet(() -> board.again(seat, lives, reason, now));
    }
}
