package org.distbelief.appmaster.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.paramserver.shard.CopyStatus;

/**
 * Keeps every member of the job in a container: asks, starts, notices losses and silence, asks again, and says when the
 * job can't go on. Events come in with the time; what is to be done comes out. {@link ShardRules} say what happens to
 * shards, {@link ReplicaRules} what happens to replicas, {@link CoordinatorRules} what happens to coordinators. Not
 * safe for several threads.
 */
public final class Roster {
    private final Board board;
    private final ShardRules shards;
    private final ReplicaRules replicas;
    private final CoordinatorRules coordinators;
    private boolean closing;

    /**
     * A roster with nobody in a container.
     *
     * @param startsBefore starts that members may have had in earlier attempts of the ApplicationMaster; new ones are
     *     numbered from here, so that start numbers only grow
     */
    public Roster(RosterSettings settings, long startsBefore) {
        this.board = new Board(settings, startsBefore);
        this.shards = new ShardRules(board);
        this.replicas = new ReplicaRules(board, startsBefore);
        this.coordinators = new CoordinatorRules(board, startsBefore);
    }

    /**
     * Asks for a container for every shard, replica and coordinator, or only for the first replica's where replicas are
     * split.
     */
    public List<RosterAction> begin(long now) {
        List<RosterAction> actions = new ArrayList<>(shards.begin(now));
        actions.addAll(replicas.begin(now));
        actions.addAll(coordinators.begin(now));
        return actions;
    }

    /**
     * A container was allocated.
     *
     * @param request the number of the request it answers
     */
    public List<RosterAction> allocated(long request, Place place, long now) {
        Optional<Seat> found =
                board.seats().filter(s -> s.asked() && s.request() == request).findFirst();
        return closing || found.isEmpty()
                ? List.of(new RosterAction.Stop(place.container()))
                : rules(found.get().member().role()).allocated(found.get(), place, now);
    }

    /** A replica reported. Words from an earlier start are passed over. */
    public void replicaHeard(int index, long start, long now) {
        replicas.heard(index, start, now);
    }

    /** A coordinator reported. Words from an earlier start are passed over. */
    public void coordinatorHeard(int index, long start, long now) {
        coordinators.heard(index, start, now);
    }

    /**
     * Stops every shard but one, which was lost and begins anew already, so that all of them begin from the same
     * checkpoint.
     */
    public List<RosterAction> restartShardsBeside(int lost, long now) {
        return closing ? List.of() : shards.restartBeside(lost, now);
    }

    /**
     * A process of a shard answered. Words from those that the roster has given up are passed over.
     *
     * @param start its start number
     * @param copy whether it serves, and what it knows of the other
     */
    public List<RosterAction> shardHeard(int index, long start, CopyStatus copy, long now) {
        return closing ? List.of() : shards.heard(index, start, copy, now);
    }

    /** A container ended, or could not be started. */
    public List<RosterAction> ended(String container, Ending ending, long now) {
        Optional<Seat> found = board.seats()
                .filter(s -> s.lives() && container.equals(s.container()))
                .findFirst();
        if (found.isEmpty()) {
            return List.of();
        }
        Seat seat = found.get();
        if (closing) {
            board.put(seat.with(State.STOPPED, now));
            return List.of();
        }
        return rules(seat.member().role()).ended(seat, ending, now);
    }

    /** Looks for members that wait or stay silent for too long. Call it a few times a second. */
    public List<RosterAction> tick(long now) {
        List<RosterAction> actions = new ArrayList<>();
        if (closing) {
            return actions;
        }
        for (Group group : board.groups()) {
            actions.addAll(rules(group.role()).tick(group, now));
            if (actions.stream().anyMatch(RosterAction.Fail.class::isInstance)) {
                return actions;
            }
        }
        return actions;
    }

    /** The job's work is done: losses are no longer made good, and replicas that are not complete are stopped. */
    public List<RosterAction> close() {
        closing = true;
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : board.groups()) {
            if (!group.launched()) {
                actions.addAll(Board.leave(group, null));
                group.seats().stream()
                        .filter(Seat::lives)
                        .forEach(s -> board.put(s.with(State.STOPPED, s.sinceMillis())));
            } else {
                group.standby().filter(Seat::asked).ifPresent(s -> actions.addAll(Board.leave(s)));
            }
        }
        return actions;
    }

    /** All members, by role, index, and partition or copy. */
    public List<Seat> seats() {
        return board.seats().toList();
    }

    /** All shards, then all replicas, then all coordinators, by index. */
    public List<Group> groups() {
        return board.groups();
    }

    /** The shard, replica or coordinator that a member belongs to. */
    public Group group(Member member) {
        return board.group(member);
    }

    /** Whether every shard is served; standbys may be missing. */
    public boolean allShardsServe() {
        return board.groups().stream().allMatch(g -> g.role() != Role.SHARD || g.state() == State.RUNNING);
    }

    /** The containers of a role that are still waited for, but for those of standbys. */
    public long waiting(Role role) {
        return board.groups().stream()
                .filter(g -> g.role() == role)
                .flatMap(g -> g.seats().stream().filter(s -> !g.isStandby(s)))
                .filter(s -> s.state() == State.WAITING)
                .count();
    }

    /** The containers of standbys that are still waited for. */
    public long standbysWaiting() {
        return board.groups().stream()
                .flatMap(g -> g.standby().stream())
                .filter(s -> s.state() == State.WAITING)
                .count();
    }

    private Rules rules(Role role) {
        return switch (role) {
            case SHARD -> shards;
            case REPLICA -> replicas;
            case COORDINATOR -> coordinators;
        };
    }
}
