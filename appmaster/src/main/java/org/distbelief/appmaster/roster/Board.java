package org.distbelief.appmaster.roster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.conf.Sizes;
import org.jspecify.annotations.Nullable;

/**
 * What the rules for shards and those for replicas have in common: who sits where, the numbers of requests, and the
 * failures that count. Not safe for several threads.
 */
final class Board {
    private final RosterSettings settings;
    /** Shards, then replicas, then coordinators, by index. */
    private final List<Group> groups = new ArrayList<>();

    private long nextRequest = 1;
    private int failures;

    /** @param startsBefore starts that members may have had before */
    Board(RosterSettings settings, long startsBefore) {
        this.settings = settings;
        for (int i = 0; i < settings.shards(); i++) {
            groups.add(Group.of(Role.SHARD, i, settings.copies(), startsBefore));
        }
        for (int i = 0; i < settings.replicas(); i++) {
            groups.add(Group.of(Role.REPLICA, i, settings.partitions(), startsBefore));
        }
        for (int i = 0; i < settings.coordinators(); i++) {
            groups.add(Group.of(Role.COORDINATOR, i, 1, startsBefore));
        }
    }

    RosterSettings settings() {
        return settings;
    }

    /** All shards, then all replicas, then all coordinators, by index, as they are now. */
    List<Group> groups() {
        return List.copyOf(groups);
    }

    Stream<Seat> seats() {
        return groups.stream().flatMap(group -> group.seats().stream());
    }

    Optional<Group> find(Role role, int index) {
        return groups.stream()
                .filter(g -> g.role() == role && g.index() == index)
                .findFirst();
    }

    Group group(Member member) {
        return find(member.role(), member.index())
                .orElseThrow(() -> new IllegalArgumentException("the job has no " + member));
    }

    Group put(Seat seat) {
        return put(group(seat.member()).with(seat));
    }

    Group put(Group group) {
        groups.set(first(group.role()) + group.index(), group);
        return group;
    }

    private int first(Role role) {
        return switch (role) {
            case SHARD -> 0;
            case REPLICA -> settings.shards();
            case COORDINATOR -> settings.shards() + settings.replicas();
        };
    }

    RosterAction ask(Seat seat, @Nullable String near, @Nullable String avoid, long now) {
        long request = nextRequest++;
        put(seat.asked(request, now));
        return new RosterAction.Request(seat.member(), request, near, avoid);
    }

    /** Whether it waits for a container for too long. */
    boolean unplaced(Seat seat, long now) {
        return seat.asked() && over(settings.allocationTimeout(), seat.sinceMillis(), now);
    }

    String unplaced(Group group, Seat seat) {
        return "no container for " + group.name(seat) + " within " + Sizes.text(settings.allocationTimeout())
                + " (cluster.allocationTimeout)";
    }

    static RosterAction cannotGoOn(String unplaced) {
        return new RosterAction.Fail(unplaced + ": the queue or the cluster is full, or no node is large enough");
    }

    /**
     * The silence of a member as its end, if it is silent for too long.
     *
     * @param since when it or its group was last heard
     */
    Optional<Ending> silence(Seat seat, long since, long now) {
        State state = seat.state();
        Duration bound = switch (state) {
            case STARTING -> settings.startTimeout();
            case TAKING_OVER -> settings.takeoverTimeout();
            default -> settings.silenceTimeout();
        };
        if (!over(bound, since, now)) {
            return Optional.empty();
        }
        String within = Sizes.text(bound);
        String what = switch (state) {
            case STARTING -> "did not report within " + within + " of its start";
            case TAKING_OVER -> "did not take over within " + within;
            default -> "was silent for more than " + within + " (cluster.silenceTimeout)";
        };
        return Optional.of(Ending.of(0, Ending.Cause.FAILED, what + " and was stopped"));
    }

    /**
     * Counts a failure, if it is one of the job's own making.
     *
     * @return how the job ends, if it can't go on
     */
    Optional<RosterAction> count(Ending ending, String reason) {
        if (ending.cause() == Ending.Cause.HOPELESS) {
            return Optional.of(new RosterAction.Fail(reason));
        }
        boolean counts = ending.cause() == Ending.Cause.FAILED || ending.cause() == Ending.Cause.FINISHED;
        if (counts && ++failures > settings.maxFailures()) {
            return Optional.of(new RosterAction.Fail("too many failures: " + failures + ", allowed are "
                    + settings.maxFailures() + " (cluster.maxFailures). The last one: " + reason));
        }
        return Optional.empty();
    }

    /**
     * A shard or replica is lost as a whole, and starts anew with its leader.
     *
     * @param seat who of it was lost first
     * @param lives whether its container is still there
     */
    List<RosterAction> again(Seat seat, boolean lives, String reason, long now) {
        Group group = group(seat.member());
        List<RosterAction> actions = new ArrayList<>(leave(group, lives ? null : seat));
        actions.add(new RosterAction.Lost(seat.member(), seat.start(), reason));
        actions.add(ask(put(group.anew(now)).leader(), null, null, now));
        return actions;
    }

    /** Stops what runs of a group, and withdraws what it asked for. */
    static List<RosterAction> leave(Group group, @Nullable Seat gone) {
        List<RosterAction> actions = new ArrayList<>();
        for (Seat seat : group.seats()) {
            if (!seat.equals(gone)) {
                actions.addAll(leave(seat));
            }
        }
        return actions;
    }

    static List<RosterAction> leave(Seat seat) {
        String container = seat.container();
        if (seat.asked()) {
            return List.of(new RosterAction.Withdraw(seat.request()));
        }
        return container != null && seat.lives() ? List.of(new RosterAction.Stop(container)) : List.of();
    }

    static String describe(Group group, Seat seat, Ending ending) {
        return group.name(seat) + " (container " + seat.container() + " on " + seat.host() + ", log " + seat.logs()
                + ") ended with exit status " + ending.exitStatus()
                + (ending.reason().isBlank() ? "" : ": " + ending.reason().strip());
    }

    private static boolean over(Duration bound, long since, long now) {
        return now - since > bound.toMillis();
    }
}
