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
 * Keeps every member of the job in a container: asks, starts, notices losses and silence, asks again, and says when the
 * job can't go on. Events come in with the time; what is to be done comes out. Not safe for several threads.
 *
 * <p>The partitions of a replica are a {@link Group}: partition 0 is asked for first, the others then near it; when one
 * is lost, the others are stopped, and all are asked for again under the next number. Such a loss counts once: the
 * endings that follow from it are those of containers that nobody sits in any more. So that half of several replicas
 * can't take up the room that one whole replica needs, the first one gets its containers before the others are asked
 * for.
 */
public final class Roster {
    private final RosterSettings settings;
    /** Shards, then replicas, by index. */
    private final List<Group> groups = new ArrayList<>();
    /** Starts made by earlier attempts of the ApplicationMaster, so that start numbers only grow. */
    private final long startsBefore;

    private long nextRequest = 1;
    private int failures;
    private boolean closing;

    /**
     * A roster with nobody in it.
     *
     * @param startsBefore starts that members may have had in earlier attempts of the ApplicationMaster; new ones are
     *     numbered from here
     */
    public Roster(RosterSettings settings, long startsBefore) {
        this.settings = settings;
        this.startsBefore = startsBefore;
    }

    /** Asks for a container for every shard and replica, or only for the first replica's where replicas are split. */
    public List<RosterAction> begin(long now) {
        for (int i = 0; i < settings.shards(); i++) {
            groups.add(Group.of(Role.SHARD, i, 1, startsBefore));
        }
        for (int i = 0; i < settings.replicas(); i++) {
            groups.add(Group.of(Role.REPLICA, i, settings.partitions(), startsBefore));
        }
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : List.copyOf(groups)) {
            if (group.role() == Role.SHARD || group.index() == 0 || settings.partitions() == 1) {
                actions.add(ask(group.leader(), null, now));
            }
        }
        return actions;
    }

    /**
     * A container was allocated.
     *
     * @param request the number of the request it answers
     */
    public List<RosterAction> allocated(long request, Place place, long now) {
        Optional<Seat> found =
                stream().filter(s -> s.asked() && s.request() == request).findFirst();
        if (closing || found.isEmpty()) {
            return List.of(new RosterAction.Stop(place.container()));
        }
        Member member = found.get().member();
        Group group = group(member);
        Seat launched = found.get().launched(place, startsBefore + group.restarts() + 1, now);
        group = put(launched);
        List<RosterAction> actions = new ArrayList<>(List.of(
                new RosterAction.Withdraw(request),
                new RosterAction.Launch(member, place.container(), launched.start())));
        if (member.partition() == 0) {
            group.seats().stream().skip(1).forEach(other -> actions.add(ask(other, place.host(), now)));
        }
        if (group.role() == Role.REPLICA && group.launched()) {
            for (Group other : List.copyOf(groups)) {
                if (other.leader().state() == State.WAITING && !other.leader().asked()) {
                    actions.add(ask(other.leader(), null, now));
                }
            }
        }
        return actions;
    }

    /** A shard answered, or a replica reported. Words from an earlier start are passed over. */
    public void heard(Role role, int index, long start, long now) {
        find(role, index)
                .filter(group -> group.launched() && group.leader().start() == start)
                .ifPresent(group -> put(group.heard(now)));
    }

    /** A container ended, or could not be started. */
    public List<RosterAction> ended(String container, Ending ending, long now) {
        Optional<Seat> found = stream()
                .filter(s -> s.lives() && container.equals(s.container()))
                .findFirst();
        if (found.isEmpty()) {
            return List.of();
        }
        Seat seat = found.get();
        if (closing) {
            put(seat.with(State.STOPPED, now));
            return List.of();
        }
        if (ending.cause() == Ending.Cause.FINISHED && seat.member().role() == Role.REPLICA) {
            Group group = put(seat.with(State.STOPPED, now));
            boolean all = group.seats().stream().allMatch(s -> s.state() == State.STOPPED);
            return all
                    ? List.of(new RosterAction.Lost(seat.member(), seat.start(), group + " has finished"))
                    : List.of();
        }
        return failed(seat, ending, false, now);
    }

    /** Looks for members that wait or stay silent for too long. Call it a few times a second. */
    public List<RosterAction> tick(long now) {
        List<RosterAction> actions = new ArrayList<>();
        if (closing) {
            return actions;
        }
        for (Group group : List.copyOf(groups)) {
            Optional<Seat> unplaced = group.seats().stream()
                    .filter(s -> s.asked() && over(settings.allocationTimeout(), s.sinceMillis(), now))
                    .findFirst();
            if (unplaced.isPresent()) {
                String what = "no container for " + unplaced.get().member() + " within "
                        + Sizes.text(settings.allocationTimeout()) + " (cluster.allocationTimeout)";
                if (cannotGoOnWithout(group)) {
                    actions.add(new RosterAction.Fail(
                            what + ": the queue or the cluster is full, or no node is large enough"));
                    return actions;
                }
                if (group.leader().lives()) {
                    actions.addAll(again(group.leader(), true, what + "; those of " + group + " are given back", now));
                }
            } else if (group.launched()) {
                actions.addAll(silent(group, now));
            }
            if (failures > settings.maxFailures()) {
                return actions;
            }
        }
        return actions;
    }

    /** The job's work is done: losses are no longer made good, and replicas that are not complete are stopped. */
    public List<RosterAction> close() {
        closing = true;
        List<RosterAction> actions = new ArrayList<>();
        for (Group group : List.copyOf(groups)) {
            if (!group.launched()) {
                actions.addAll(leave(group, null));
                group.seats().stream().filter(Seat::lives).forEach(s -> put(s.with(State.STOPPED, s.sinceMillis())));
            }
        }
        return actions;
    }

    /** All members, shards first, by index and partition. */
    public List<Seat> seats() {
        return stream().toList();
    }

    /** All shards, then all replicas, by index. */
    public List<Group> groups() {
        return List.copyOf(groups);
    }

    /** The shard or replica that a member belongs to. */
    public Group group(Member member) {
        return find(member.role(), member.index())
                .orElseThrow(() -> new IllegalArgumentException("the job has no " + member));
    }

    /** The containers of a role that are still waited for. */
    public long waiting(Role role) {
        return stream()
                .filter(s -> s.member().role() == role && s.state() == State.WAITING)
                .count();
    }

    /** Every shard is needed, and at least one whole replica. */
    private boolean cannotGoOnWithout(Group group) {
        return group.role() == Role.SHARD
                || groups.stream().noneMatch(g -> g.role() == Role.REPLICA && g.state() == State.RUNNING);
    }

    /** Only the leader speaks, and only once everybody is there: who is silent is the first that lives. */
    private List<RosterAction> silent(Group group, long now) {
        Optional<Seat> speaker = group.seats().stream().filter(Seat::lives).findFirst();
        if (speaker.isEmpty()) {
            return List.of();
        }
        boolean starting = speaker.get().state() == State.STARTING;
        Duration bound = starting ? settings.startTimeout() : settings.silenceTimeout();
        if (!over(bound, group.sinceMillis(), now)) {
            return List.of();
        }
        String what = (starting ? "did not report within " : "was silent for more than ") + Sizes.text(bound)
                + (starting ? " of its start" : " (cluster.silenceTimeout)") + " and was stopped";
        return failed(speaker.get(), Ending.of(0, Ending.Cause.FAILED, what), true, now);
    }

    /** @param lives whether the container is still there */
    private List<RosterAction> failed(Seat seat, Ending ending, boolean lives, long now) {
        String reason = describe(seat, ending);
        if (ending.cause() == Ending.Cause.HOPELESS) {
            return List.of(new RosterAction.Fail(reason));
        }
        boolean counts = ending.cause() == Ending.Cause.FAILED || ending.cause() == Ending.Cause.FINISHED;
        if (counts && ++failures > settings.maxFailures()) {
            return List.of(new RosterAction.Fail("too many failures: " + failures + ", allowed are "
                    + settings.maxFailures() + " (cluster.maxFailures). The last one: " + reason));
        }
        String whole = seat.member().partitions() > 1 ? "; the replica starts anew as a whole" : "";
        return again(seat, lives, reason + whole, now);
    }

    private List<RosterAction> again(Seat seat, boolean lives, String reason, long now) {
        Group group = group(seat.member());
        List<RosterAction> actions = new ArrayList<>(leave(group, lives ? null : seat));
        actions.add(new RosterAction.Lost(seat.member(), startsBefore + group.restarts() + 1, reason));
        actions.add(ask(put(group.anew(now)).leader(), null, now));
        return actions;
    }

    /** Stops what runs of a group, and withdraws what it asked for. */
    private static List<RosterAction> leave(Group group, @Nullable Seat gone) {
        List<RosterAction> actions = new ArrayList<>();
        for (Seat seat : group.seats()) {
            String container = seat.container();
            if (seat.asked()) {
                actions.add(new RosterAction.Withdraw(seat.request()));
            } else if (container != null && seat.lives() && !seat.equals(gone)) {
                actions.add(new RosterAction.Stop(container));
            }
        }
        return actions;
    }

    private RosterAction ask(Seat seat, @Nullable String near, long now) {
        long request = nextRequest++;
        put(seat.asked(request, now));
        return new RosterAction.Request(seat.member(), request, near);
    }

    private Stream<Seat> stream() {
        return groups.stream().flatMap(group -> group.seats().stream());
    }

    private Optional<Group> find(Role role, int index) {
        return groups.stream()
                .filter(g -> g.role() == role && g.index() == index)
                .findFirst();
    }

    private Group put(Seat seat) {
        return put(group(seat.member()).with(seat));
    }

    private Group put(Group group) {
        groups.set((group.role() == Role.SHARD ? 0 : settings.shards()) + group.index(), group);
        return group;
    }

    private static boolean over(Duration bound, long since, long now) {
        return now - since > bound.toMillis();
    }

    private static String describe(Seat seat, Ending ending) {
        return seat.member() + " (container " + seat.container() + " on " + seat.host() + ", log " + seat.logs()
                + ") ended with exit status " + ending.exitStatus()
                + (ending.reason().isBlank() ? "" : ": " + ending.reason().strip());
    }
}
