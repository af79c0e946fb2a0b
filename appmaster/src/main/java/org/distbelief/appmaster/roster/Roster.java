package org.distbelief.appmaster.roster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.conf.Sizes;

/**
 * Keeps every member of the job in a container: asks, starts, notices losses and silence, asks again, and says when the
 * job can't go on. Events come in with the time; what is to be done comes out. Not safe for several threads.
 */
public final class Roster {
    private final RosterSettings settings;
    private final Map<Member, Seat> seats = new LinkedHashMap<>();
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

    /** Asks for a container for every member. */
    public List<RosterAction> begin(long now) {
        List<RosterAction> actions = new ArrayList<>();
        for (int i = 0; i < settings.shards(); i++) {
            actions.add(ask(empty(new Member(Role.SHARD, i)), 0, now));
        }
        for (int i = 0; i < settings.replicas(); i++) {
            actions.add(ask(empty(new Member(Role.REPLICA, i)), 0, now));
        }
        return actions;
    }

    /**
     * A container was allocated.
     *
     * @param request the number of the request it answers
     */
    public List<RosterAction> allocated(long request, String container, String host, String logs, long now) {
        Optional<Seat> seat = seats.values().stream()
                .filter(s -> s.state() == State.WAITING && s.request() == request)
                .findFirst();
        if (closing || seat.isEmpty()) {
            return List.of(new RosterAction.Stop(container));
        }
        Seat launched = seat.get().launched(container, host, logs, now);
        seats.put(launched.member(), launched);
        return List.of(
                new RosterAction.Withdraw(request),
                new RosterAction.Launch(launched.member(), container, launched.start()));
    }

    /** A member was heard: it reported or answered. Words from an earlier start are passed over. */
    public void heard(Member member, long start, long now) {
        Seat seat = seats.get(member);
        if (seat != null
                && seat.start() == start
                && (seat.state() == State.STARTING || seat.state() == State.RUNNING)) {
            seats.put(member, seat.with(State.RUNNING, now));
        }
    }

    /** A container ended, or could not be started. */
    public List<RosterAction> ended(String container, Ending ending, long now) {
        Optional<Seat> found = seats.values().stream()
                .filter(s -> container.equals(s.container()) && s.state() != State.STOPPED)
                .findFirst();
        if (found.isEmpty()) {
            return List.of();
        }
        Seat seat = found.get();
        if (closing || (ending.cause() == Ending.Cause.FINISHED && seat.member().role() == Role.REPLICA)) {
            seats.put(seat.member(), seat.with(State.STOPPED, now));
            return closing ? List.of() : List.of(new RosterAction.Lost(seat.member(), seat.start(), "has finished"));
        }
        String reason = describe(seat, ending);
        if (ending.cause() == Ending.Cause.HOPELESS) {
            return List.of(new RosterAction.Fail(reason));
        }
        boolean counts = ending.cause() == Ending.Cause.FAILED || ending.cause() == Ending.Cause.FINISHED;
        if (counts && ++failures > settings.maxFailures()) {
            return List.of(new RosterAction.Fail("too many failures: " + failures + ", allowed are "
                    + settings.maxFailures() + " (cluster.maxFailures). The last one: " + reason));
        }
        return List.of(new RosterAction.Lost(seat.member(), seat.start(), reason), ask(seat, seat.restarts() + 1, now));
    }

    /** Looks for members that wait or stay silent for too long. Call it a few times a second. */
    public List<RosterAction> tick(long now) {
        List<RosterAction> actions = new ArrayList<>();
        if (closing) {
            return actions;
        }
        for (Seat seat : List.copyOf(seats.values())) {
            Duration age = Duration.ofMillis(now - seat.sinceMillis());
            String container = seat.container();
            if (seat.state() == State.WAITING) {
                if (age.compareTo(settings.allocationTimeout()) > 0 && cannotGoOnWithout(seat.member())) {
                    return List.of(new RosterAction.Fail("no container for " + seat.member() + " within "
                            + Sizes.text(settings.allocationTimeout())
                            + " (cluster.allocationTimeout): the queue or the cluster is full, or no node is large"
                            + " enough"));
                }
            } else if (container != null && seat.state() != State.STOPPED) {
                boolean starting = seat.state() == State.STARTING;
                Duration bound = starting ? settings.startTimeout() : settings.silenceTimeout();
                if (age.compareTo(bound) > 0) {
                    String what = (starting ? "did not report within " : "was silent for more than ")
                            + Sizes.text(bound) + (starting ? " of its start" : " (cluster.silenceTimeout)")
                            + " and was stopped";
                    actions.add(new RosterAction.Stop(container));
                    actions.addAll(ended(container, Ending.of(0, Ending.Cause.FAILED, what), now));
                }
            }
        }
        return actions;
    }

    /** The job's work is done: losses are no longer made good. */
    public List<RosterAction> close() {
        closing = true;
        return seats.values().stream()
                .filter(s -> s.state() == State.WAITING)
                .map(s -> (RosterAction) new RosterAction.Withdraw(s.request()))
                .toList();
    }

    /** All members, shards first, by index. */
    public List<Seat> seats() {
        return List.copyOf(seats.values());
    }

    /** A member's present state. */
    public Optional<Seat> seat(Member member) {
        return Optional.ofNullable(seats.get(member));
    }

    /** The members of a role that wait for a container. */
    public long waiting(Role role) {
        return seats.values().stream()
                .filter(s -> s.member().role() == role && s.state() == State.WAITING)
                .count();
    }

    /** Every shard is needed, and at least one replica. */
    private boolean cannotGoOnWithout(Member member) {
        return member.role() == Role.SHARD
                || seats.values().stream()
                        .noneMatch(s -> s.member().role() == Role.REPLICA && s.state() == State.RUNNING);
    }

    private Seat empty(Member member) {
        return new Seat(member, State.WAITING, null, null, null, startsBefore, 0, 0, 0);
    }

    private RosterAction ask(Seat seat, int restarts, long now) {
        long request = nextRequest++;
        seats.put(seat.member(), seat.waiting(request, restarts, now));
        return new RosterAction.Request(seat.member(), request);
    }

    private static String describe(Seat seat, Ending ending) {
        return seat.member() + " (container " + seat.container() + " on " + seat.host() + ", log " + seat.logs()
                + ") ended with exit status " + ending.exitStatus()
                + (ending.reason().isBlank() ? "" : ": " + ending.reason().strip());
    }
}
