package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.conf.ProcessExit;
import org.distbelief.paramserver.shard.CopyStatus;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every shard served, and followed by a standby where it has two copies.
 *
 * <p>The first copy is asked for first, and the other when it is placed, on another node if there is one. A standby
 * that is lost is asked for again while the shard goes on. When the serving copy is lost and its standby was in sync,
 * the standby is expected to take over by itself, and only the lost one is asked for again, as the standby of the
 * other; else both begin anew from the checkpoint. Every process has a start number of its own. A standby was always
 * started after the process that it follows, so of two that say that they serve, the one that started later is right.
 */
final class ShardRules implements Rules {
    /** Containers on the serving copy's node that are given back before one is taken. */
    private static final int MOST_REFUSED = 3;

    private final Board board;

    ShardRules(Board board) {
        this.board = board;
    }

    @Override
    public List<RosterAction> begin(long now) {
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : board.groups()) {
            if (group.role() == Role.SHARD) {
                actions.add(board.ask(group.leader(), null, null, now));
            }
        }
        return actions;
    }

    @Override
    public List<RosterAction> allocated(Seat seat, Place place, long now) {
        Group group = board.group(seat.member());
        return group.isStandby(seat) ? standby(group, seat, place, now) : first(group, seat, place, now);
    }

    private List<RosterAction> first(Group group, Seat seat, Place place, long now) {
        long start = group.nextStart();
        Group placed = board.put(seat.launched(place, start, now));
        List<RosterAction> actions = new ArrayList<>();
        actions.add(new RosterAction.Withdraw(seat.request()));
        actions.add(new RosterAction.Launch(seat.member(), place.container(), start));
        placed.standby().ifPresent(other -> actions.add(board.ask(other, null, place.host(), now)));
        return actions;
    }

    private List<RosterAction> standby(Group group, Seat seat, Place place, long now) {
        List<RosterAction> actions = new ArrayList<>();
        actions.add(new RosterAction.Withdraw(seat.request()));
        boolean same = place.host().equals(group.leader().host());
        if (same && group.copies().refused() < MOST_REFUSED) {
            board.put(group.with(group.copies().refusedOne()));
            actions.add(new RosterAction.Stop(place.container()));
            actions.add(board.ask(seat, null, place.host(), now));
            return actions;
        }
        long start = group.nextStart();
        board.put(group.with(group.copies().placed()).with(seat.launched(place, start, now)));
        actions.add(new RosterAction.Launch(seat.member(), place.container(), start, true));
        if (same) {
            actions.add(new RosterAction.Note(
                    group.name(seat) + " runs on the same node as the shard that it follows (" + place.host()
                            + "), since the cluster offered no other: if the node is lost, both are",
                    false));
        }
        return actions;
    }

    /** A process of a shard answered. Words from those that are none of ours, or no longer, are passed over. */
    List<RosterAction> heard(int index, long start, CopyStatus copy, long now) {
        Optional<Group> found = board.find(Role.SHARD, index);
        Optional<Seat> speaker = found.flatMap(group -> group.seats().stream()
                .filter(s -> s.lives() && s.start() == start)
                .findFirst());
        if (speaker.isEmpty()) {
            return List.of();
        }
        Group group = found.orElseThrow();
        Seat seat = speaker.get();
        if (group.isStandby(seat) && copy.serving()) {
            return seat.start() > group.leader().start() ? serves(group, seat, now) : List.of();
        }
        if (group.isStandby(seat) != copy.serving()) {
            Group running = board.put(seat.with(State.RUNNING, now));
            if (copy.serving()) {
                boolean inSync = copy.inSync()
                        && running.standby()
                                .filter(s -> s.lives() && s.start() == copy.other())
                                .isPresent();
                board.put(running.with(running.copies().inSync(inSync)));
            }
        }
        return List.of();
    }

    /** It took over before we knew that it had to. What became of the other will be heard, or not. */
    private List<RosterAction> serves(Group group, Seat seat, long now) {
        Seat before = group.leader();
        board.put(group.with(group.copies().takenOverBy(seat.member().partition()))
                .with(seat.with(State.RUNNING, now)));
        return List.of(new RosterAction.TakenOver(
                seat.member(),
                seat.start(),
                "the standby of " + group + " in " + seat.container() + " on " + seat.host()
                        + " has taken over, as ZooKeeper does not know the process in " + before.container() + " on "
                        + before.host() + " any more; no update is lost"));
    }

    @Override
    public List<RosterAction> ended(Seat seat, Ending ending, long now) {
        return failed(seat, ending, false, now);
    }

    /** The standby is looked at first, lest one that is silent too should take over. */
    @Override
    public List<RosterAction> tick(Group group, long now) {
        List<RosterAction> actions = new ArrayList<>();
        group.standby().ifPresent(standby -> actions.addAll(missing(standby, now)));
        if (actions.stream().noneMatch(RosterAction.Fail.class::isInstance)) {
            Seat leader = board.group(group.leader().member()).leader();
            actions.addAll(
                    board.unplaced(leader, now)
                            ? List.of(Board.cannotGoOn(board.unplaced(group, leader)))
                            : silent(leader, now));
        }
        return actions;
    }

    /** A job goes on without a standby, and goes on asking for it. */
    private List<RosterAction> missing(Seat standby, long now) {
        Group group = board.group(standby.member());
        if (!board.unplaced(standby, now)) {
            return silent(standby, now);
        }
        if (group.copies().missed()) {
            return List.of();
        }
        board.put(group.with(group.copies().missing()));
        return List.of(new RosterAction.Note(
                board.unplaced(group, standby) + ": the job goes on without it, and goes on asking", true));
    }

    private List<RosterAction> silent(Seat seat, long now) {
        return seat.lives()
                ? board.silence(seat, seat.sinceMillis(), now)
                        .map(ending -> failed(seat, ending, true, now))
                        .orElse(List.of())
                : List.of();
    }

    /** All shards but one begin anew, with the lost one, from the same checkpoint; that is nobody's failure. */
    List<RosterAction> restartBeside(int lost, long now) {
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : board.groups()) {
            if (group.role() == Role.SHARD
                    && group.index() != lost
                    && group.leader().lives()) {
                actions.addAll(Board.leave(group, null));
                actions.add(board.ask(board.put(group.anew(now)).leader(), null, null, now));
            }
        }
        return actions;
    }

    /** @param lives whether the container is still there */
    private List<RosterAction> failed(Seat seat, Ending ending, boolean lives, long now) {
        Group group = board.group(seat.member());
        String reason = Board.describe(group, seat, ending);
        if (!follows(group, seat, ending)) {
            Optional<RosterAction> end = board.count(ending, reason);
            if (end.isPresent()) {
                return List.of(end.get());
            }
        }
        if (group.isStandby(seat)) {
            board.put(group.with(group.copies().inSync(false)));
            List<RosterAction> actions = new ArrayList<>(stopped(seat, lives));
            actions.add(new RosterAction.Note(reason + "; another standby is asked for, and nothing is lost", true));
            actions.add(board.ask(seat.waiting(now), null, group.leader().host(), now));
            return actions;
        }
        Seat other = group.standby().filter(Seat::lives).orElse(null);
        if (other != null && group.copies().inSync()) {
            return takeOver(group, other, lives, reason, now);
        }
        return board.again(seat, lives, reason + without(group, other), now);
    }

    /** A standby that finds nobody to follow and may not take over ends for the other's loss, which counts. */
    private static boolean follows(Group group, Seat seat, Ending ending) {
        boolean standby = group.isStandby(seat) || seat.state() == State.TAKING_OVER;
        return standby && ending.exitStatus() == ProcessExit.REPLACED.code();
    }

    private List<RosterAction> takeOver(Group group, Seat other, boolean lives, String reason, long now) {
        Seat gone = group.leader();
        List<RosterAction> actions = new ArrayList<>(stopped(gone, lives));
        board.put(group.with(group.copies().takenOverBy(other.member().partition()))
                .with(other.with(State.TAKING_OVER, now)));
        actions.add(new RosterAction.TakenOver(
                other.member(),
                other.start(),
                reason + "; its standby in " + other.container() + " on " + other.host()
                        + " takes over, no update is lost"));
        actions.add(board.ask(gone.waiting(now), null, other.host(), now));
        return actions;
    }

    /** Why no standby takes over; empty where there is none by the job file. */
    private static String without(Group group, @Nullable Seat other) {
        if (group.standby().isEmpty() || group.leader().state() == State.TAKING_OVER) {
            return "";
        }
        return other == null ? "; it has no standby now" : "; its standby is not in sync and can't take over";
    }

    private static List<RosterAction> stopped(Seat seat, boolean lives) {
        return lives ? Board.leave(seat) : List.of();
    }
}
