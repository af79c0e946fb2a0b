package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.appmaster.roster.RosterAction.Fail;
import org.distbelief.appmaster.roster.RosterAction.Launch;
import org.distbelief.appmaster.roster.RosterAction.Lost;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.distbelief.appmaster.roster.RosterAction.Stop;
import org.distbelief.appmaster.roster.RosterAction.Withdraw;
import org.distbelief.paramserver.shard.CopyStatus;
import org.jspecify.annotations.Nullable;

/** A cluster that does what a roster says, with luck out of a seed, and watches that what it says makes sense. */
final class RosterWorld {
    private record Running(Member member, String container, String host, long start, boolean told) {}

    private final Roster roster;
    private final Random random;
    private final int generosity;
    private final Map<Long, Request> requests = new HashMap<>();
    private final List<Request> withdrawn = new ArrayList<>();
    private final Map<String, Running> processes = new HashMap<>();
    private final Map<Member, Long> starts = new HashMap<>();
    private final Map<String, Integer> losses = new HashMap<>();
    private @Nullable Place allocated;
    private @Nullable String failure;
    private int containers;
    private int counted;
    private int givenBack;
    private long now;

    /** @param generosity how many of 100 things that happen are containers that were asked for */
    RosterWorld(Roster roster, Random random, int generosity) {
        this.roster = roster;
        this.random = random;
        this.generosity = generosity;
        perform(roster.begin(now));
    }

    /** Why the roster gave the job up. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Failures that count against the budget, by the rules and not by the roster. */
    int counted() {
        return counted;
    }

    /** How often half a replica gave its containers back. */
    int givenBack() {
        return givenBack;
    }

    /** One thing happens. */
    void step() {
        if (random.nextInt(100) < generosity) {
            any(List.copyOf(requests.values())).ifPresent(this::allocate);
            check();
            return;
        }
        int dice = random.nextInt(100);
        if (dice < 10) {
            any(withdrawn).ifPresent(this::allocate);
        } else if (dice < 35) {
            any(List.copyOf(processes.values())).ifPresent(this::end);
        } else if (dice < 75) {
            any(List.copyOf(processes.values())).ifPresent(this::heard);
        } else {
            now += random.nextInt(2_000);
            tick();
        }
        check();
    }

    /** Everything that was asked for is given, and everybody is heard. */
    void settle() {
        while (!requests.isEmpty()) {
            allocate(requests.values().iterator().next());
        }
        for (Running p : List.copyOf(processes.values())) {
            heard(p);
        }
        check();
    }

    private void heard(Running process) {
        if (process.member().role() == Role.SHARD) {
            roster.shardHeard(process.member().index(), process.start(), CopyStatus.ALONE, now);
        } else if (process.member().role() == Role.COORDINATOR) {
            roster.coordinatorHeard(process.member().index(), process.start(), now);
        } else {
            roster.replicaHeard(process.member().index(), process.start(), now);
        }
    }

    private void allocate(Request request) {
        String host = request.near() != null && random.nextBoolean() ? request.near() : "node" + random.nextInt(5);
        Place place = new Place("c" + ++containers, host, null, "log");
        allocated = place;
        perform(roster.allocated(request.request(), place, now));
        assertThat(allocated).as("a container is used or given back").isNull();
    }

    private void end(Running process) {
        processes.remove(process.container());
        Cause cause = List.of(Cause.FAILED, Cause.CLUSTER, Cause.STOPPED, Cause.FINISHED)
                .get(random.nextInt(4));
        List<RosterAction> actions = roster.ended(process.container(), Ending.of(1, cause, ""), now);
        if (process.told()) {
            assertThat(actions).as("an ending that follows from a stop").isEmpty();
            return;
        }
        boolean replica = process.member().role() == Role.REPLICA;
        if (cause == Cause.FAILED || (cause == Cause.FINISHED && !replica)) {
            counted++;
        }
        if (cause == Cause.FINISHED && replica) {
            assertThat(actions).as("a normal end").noneMatch(a -> a instanceof Request || a instanceof Stop);
            return;
        }
        perform(actions);
    }

    private void tick() {
        List<RosterAction> actions = roster.tick(now);
        for (RosterAction action : actions) {
            boolean given = action instanceof Lost l && l.reason().contains("are given back");
            givenBack += given ? 1 : 0;
            boolean lost = action instanceof Lost && !given;
            boolean last = action instanceof Fail f && f.reason().startsWith("too many failures");
            counted += lost || last ? 1 : 0;
        }
        perform(actions);
    }

    private void perform(List<RosterAction> actions) {
        for (RosterAction action : actions) {
            if (action instanceof Request request) {
                request(request);
            } else if (action instanceof Withdraw withdraw) {
                withdrawn.add(Objects.requireNonNull(requests.remove(withdraw.request()), "asked for before"));
            } else if (action instanceof Launch launch) {
                launch(launch);
            } else if (action instanceof Stop stop) {
                stop(stop);
            } else if (action instanceof Lost lost) {
                losses.merge(lost.member().role() + " " + lost.member().index(), 1, Integer::sum);
            } else if (action instanceof Fail fail) {
                failure = fail.reason();
            }
        }
    }

    private void request(Request request) {
        Member member = request.member();
        Optional<Running> first = processes.values().stream()
                .filter(p -> !p.told()
                        && p.member().equals(new Member(member.role(), member.index(), 0, member.partitions())))
                .findFirst();
        if (member.partition() == 0) {
            assertThat(request.near()).isNull();
            assertThat(first).as("partition 0 when it is asked for").isEmpty();
        } else {
            assertThat(first.map(Running::host))
                    .as("where partition 0 is")
                    .contains(Objects.requireNonNull(request.near()));
        }
        assertThat(requests.put(request.request(), request)).isNull();
    }

    private void launch(Launch launch) {
        Place place = Objects.requireNonNull(allocated);
        allocated = null;
        assertThat(launch.container()).isEqualTo(place.container());
        Member member = launch.member();
        assertThat(launch.start()).isGreaterThan(starts.getOrDefault(member, 0L));
        starts.put(member, launch.start());
        processes.put(place.container(), new Running(member, place.container(), place.host(), launch.start(), false));
    }

    private void stop(Stop stop) {
        if (allocated != null && allocated.container().equals(stop.container())) {
            allocated = null;
            return;
        }
        Running p = Objects.requireNonNull(processes.get(stop.container()), "only what runs is stopped");
        assertThat(p.told()).as("stopped once").isFalse();
        processes.put(p.container(), new Running(p.member(), p.container(), p.host(), p.start(), true));
    }

    /** What holds whenever nothing is half done. */
    private void check() {
        if (failure != null) {
            return;
        }
        for (Group group : roster.groups()) {
            List<Running> live = processes.values().stream()
                    .filter(p -> !p.told()
                            && p.member().role() == group.role()
                            && p.member().index() == group.index())
                    .toList();
            assertThat(live).extracting(Running::member).doesNotHaveDuplicates();
            assertThat(live)
                    .as("one incarnation of %s", group)
                    .extracting(Running::start)
                    .containsOnly(
                            live.isEmpty()
                                    ? new Long[0]
                                    : new Long[] {live.get(0).start()});
            assertThat(live)
                    .extracting(Running::container)
                    .containsExactlyInAnyOrderElementsOf(group.seats().stream()
                            .filter(Seat::lives)
                            .map(Seat::container)
                            .toList());
        }
        assertThat(requests.keySet())
                .containsExactlyInAnyOrderElementsOf(roster.seats().stream()
                        .filter(Seat::asked)
                        .map(Seat::request)
                        .toList());
    }

    /** How often a shard or replica was lost, as it was told. */
    int losses(Group group) {
        return losses.getOrDefault(group.role() + " " + group.index(), 0);
    }

    private <T> Optional<T> any(List<T> all) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }
}
