package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.appmaster.roster.RosterAction.Fail;
import org.distbelief.appmaster.roster.RosterAction.Launch;
import org.distbelief.appmaster.roster.RosterAction.Lost;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.distbelief.appmaster.roster.RosterAction.Stop;
import org.distbelief.appmaster.roster.RosterAction.TakenOver;
import org.distbelief.appmaster.roster.RosterAction.Withdraw;
import org.distbelief.paramserver.shard.CopyStatus;
import org.jspecify.annotations.Nullable;

/**
 * Shards of two copies on a cluster with luck out of a seed: processes that are killed, hang, fall in and out of step
 * and take over by the rules of ZooKeeper's registrations; endings and statuses that come late. It does what a roster
 * says, and watches that what it says makes sense.
 */
final class CopiesWorld {
    private static final int NODES = 4;

    /** A process; what is here is the truth, not what the roster knows of it. */
    private static final class Copy {
        private final Member member;
        private final Place place;
        private final long start;
        private boolean serving;
        private boolean inSync;
        private boolean ended;
        private boolean hangs;
        /** The roster stopped it, or was told of its end. */
        private boolean left;

        private Copy(Member member, Place place, long start, boolean serving) {
            this.member = member;
            this.place = place;
            this.start = start;
            this.serving = serving;
        }

        private int shard() {
            return member.index();
        }

        private boolean works() {
            return !ended && !hangs;
        }
    }

    private record Told(Copy of, CopyStatus status) {}

    private final Roster roster;
    private final Random random;
    private final Map<Long, Request> requests = new TreeMap<>();
    private final List<Copy> copies = new ArrayList<>();
    private final Map<Copy, Ending> endings = new HashMap<>();
    private final List<Told> late = new ArrayList<>();
    /** The start of the process that is registered as serving each shard; 0 or nothing for none. */
    private final Map<Integer, Long> registered = new HashMap<>();
    /** The start of the standby that each shard's leader called in sync last. */
    private final Map<Integer, Long> saidInSync = new HashMap<>();

    /** The start of the process that the roster takes for the one that serves, or served last. */
    private final Map<Integer, Long> leaders = new HashMap<>();

    private final Map<Integer, Integer> begun = new HashMap<>();
    private final Map<Integer, Integer> losses = new HashMap<>();
    private @Nullable Place allocated;
    private int takeovers;
    private long now;

    CopiesWorld(Roster roster, Random random) {
        this.roster = roster;
        this.random = random;
        perform(roster.begin(now));
    }

    int takeovers() {
        return takeovers;
    }

    int losses(int shard) {
        return losses.getOrDefault(shard, 0);
    }

    /** One thing happens, good or bad. */
    void step() {
        int dice = random.nextInt(100);
        if (dice < 20) {
            any(requests.values()).ifPresent(r -> allocate(r, "node" + random.nextInt(NODES)));
        } else if (dice < 24) {
            pick(Copy::works).ifPresent(c -> end(c, luck()));
        } else if (dice < 25) {
            pick(Copy::works).ifPresent(c -> c.hangs = true);
        } else if (dice < 35) {
            deliverEnding();
        } else if (dice < 40) {
            expire(random.nextInt(3));
        } else if (dice < 55) {
            pick(c -> c.works() && !c.serving).ifPresent(c -> c.inSync = served(c) && random.nextInt(4) > 0);
        } else if (dice < 85) {
            pick(Copy::works).ifPresent(c -> {
                late.add(new Told(c, status(c)));
                if (random.nextInt(5) > 0) {
                    hear(late.remove(random.nextInt(late.size())));
                }
            });
        } else {
            now += random.nextInt(1_000);
            perform(roster.tick(now));
        }
        check();
    }

    /** No more harm: everything asked for comes, and time goes on, for longer than a start may take. */
    void settle() {
        for (int second = 0; second < 400; second++) {
            now += 1_000;
            List.copyOf(requests.values()).forEach(r -> allocate(r, "node" + random.nextInt(NODES)));
            while (!endings.isEmpty()) {
                deliverEnding();
            }
            for (int shard = 0; shard < 3; shard++) {
                expire(shard);
            }
            copies.stream().filter(c -> c.works() && !c.serving && served(c)).forEach(c -> c.inSync = true);
            copies.stream().filter(Copy::works).forEach(c -> hear(new Told(c, status(c))));
            perform(roster.tick(now));
            check();
        }
        for (Group group : roster.groups()) {
            assertThat(group.seats()).as("%s", group).allMatch(s -> s.state() == Seat.State.RUNNING);
            assertThat(group.copies().inSync()).as("%s is in sync", group).isTrue();
            Copy leader = pick(c -> c.start == group.leader().start() && c.shard() == group.index())
                    .orElseThrow();
            assertThat(leader.serving && leader.works()).isTrue();
            assertThat(registered).containsEntry(group.index(), leader.start);
        }
    }

    private Ending luck() {
        return List.of(
                        Ending.of(137, Cause.FAILED, "killed"),
                        Ending.of(-100, Cause.CLUSTER, "lost node"),
                        Ending.of(-102, Cause.CLUSTER, "preempted"),
                        Ending.of(0, Cause.FINISHED, ""))
                .get(random.nextInt(4));
    }

    private void end(Copy copy, Ending ending) {
        copy.ended = true;
        endings.put(copy, ending);
    }

    private void deliverEnding() {
        Optional<Copy> found = any(copies.stream().filter(endings::containsKey).toList());
        if (found.isEmpty()) {
            return;
        }
        Copy copy = found.get();
        Ending ending = Objects.requireNonNull(endings.remove(copy));
        boolean expected = copy.left;
        boolean safe = !expected && leads(copy) && followed(copy);
        copy.left = true;
        List<RosterAction> actions = roster.ended(copy.place.container(), ending, now);
        if (expected) {
            assertThat(actions).as("an ending that follows from a stop").isEmpty();
        } else {
            assertThat(actions.stream().anyMatch(TakenOver.class::isInstance))
                    .as("taken over exactly where the standby was in sync: %s", actions)
                    .isEqualTo(safe);
        }
        perform(actions);
        if (ending.certain()) {
            registered.remove(copy.shard(), copy.start);
            react(copy.shard());
        }
    }

    private boolean leads(Copy copy) {
        Seat leader = roster.group(copy.member).leader();
        return leader.start() == copy.start && leader.state() == Seat.State.RUNNING;
    }

    /** Whether what the roster has heard last is that another, which it has not given up, is in sync. */
    private boolean followed(Copy copy) {
        long other = saidInSync.getOrDefault(copy.shard(), 0L);
        return copies.stream().anyMatch(c -> c.shard() == copy.shard() && c.start == other && !c.left);
    }

    /** ZooKeeper misses a process. */
    private void expire(int shard) {
        long start = registered.getOrDefault(shard, 0L);
        if (copies.stream().noneMatch(c -> c.shard() == shard && c.start == start && c.works())) {
            registered.remove(shard);
            react(shard);
        }
    }

    /** What standbys do when nobody is registered; those that are told to stop may still do it. */
    private void react(int shard) {
        if (registered.containsKey(shard)) {
            return;
        }
        copies.stream()
                .filter(c -> c.shard() == shard && c.works() && !c.serving)
                .sorted(Comparator.comparing((Copy c) -> !c.inSync))
                .forEach(c -> {
                    if (c.inSync && !registered.containsKey(shard)) {
                        c.serving = true;
                        registered.put(shard, c.start);
                    } else if (random.nextBoolean()) {
                        end(c, Ending.of(4, Cause.FAILED, "nobody to follow"));
                    }
                });
    }

    private boolean served(Copy standby) {
        return copies.stream()
                .anyMatch(c ->
                        c.shard() == standby.shard() && c.works() && c.start == registered.getOrDefault(c.shard(), 0L));
    }

    private CopyStatus status(Copy copy) {
        if (!copy.serving) {
            return new CopyStatus(false, registered.getOrDefault(copy.shard(), 0L), 0.5, copy.inSync);
        }
        return copies.stream()
                .filter(c -> c.shard() == copy.shard() && c.works() && !c.serving && c.start > copy.start)
                .max(Comparator.comparingLong(c -> c.start))
                .map(c -> new CopyStatus(true, c.start, c.inSync ? 1 : 0.5, c.inSync))
                .orElse(CopyStatus.ALONE);
    }

    private void hear(Told told) {
        Copy of = told.of();
        perform(roster.shardHeard(of.shard(), of.start, told.status(), now));
        Seat leader = roster.group(of.member).leader();
        if (told.status().serving() && leader.start() == of.start && leader.lives()) {
            saidInSync.put(of.shard(), told.status().inSync() ? told.status().other() : 0);
        }
    }

    private void allocate(Request request, String host) {
        Place place = new Place("c" + request.request(), host, null, "log");
        allocated = place;
        perform(roster.allocated(request.request(), place, now));
        assertThat(allocated).as("a container is used or given back").isNull();
    }

    private void perform(List<RosterAction> actions) {
        for (RosterAction action : actions) {
            if (action instanceof Request request) {
                requests.put(request.request(), request);
            } else if (action instanceof Withdraw withdraw) {
                assertThat(requests.remove(withdraw.request()))
                        .as("asked for before")
                        .isNotNull();
            } else if (action instanceof Launch launch) {
                launch(launch);
            } else if (action instanceof Stop stop) {
                stop(stop.container());
            } else if (action instanceof Lost lost) {
                losses.merge(lost.member().index(), 1, Integer::sum);
                saidInSync.remove(lost.member().index());
            } else if (action instanceof TakenOver taken) {
                takeovers++;
                saidInSync.remove(taken.member().index());
            } else if (action instanceof Fail fail) {
                throw new AssertionError("gave up: " + fail.reason());
            }
        }
    }

    private void launch(Launch launch) {
        Place place = Objects.requireNonNull(allocated);
        allocated = null;
        assertThat(launch.container()).isEqualTo(place.container());
        int shard = launch.member().index();
        List<Copy> before = copies.stream().filter(c -> c.shard() == shard).toList();
        assertThat(before).as("start numbers of a shard only grow").allMatch(c -> c.start < launch.start());
        assertThat(before.stream().filter(c -> !c.left))
                .as("others of shard %d beside %s", shard, launch)
                .hasSize(launch.standby() ? 1 : 0);
        if (!launch.standby()) {
            registered.put(shard, launch.start());
            begun.merge(shard, 1, Integer::sum);
            assertThat(begun.get(shard)).as("begins anew only when it was lost").isEqualTo(1 + losses(shard));
        }
        copies.add(new Copy(launch.member(), place, launch.start(), !launch.standby()));
    }

    private void stop(String container) {
        if (allocated != null && allocated.container().equals(container)) {
            allocated = null;
            return;
        }
        Copy copy = pick(c -> c.place.container().equals(container)).orElseThrow();
        assertThat(copy.left).as("stopped once, and only what may run").isFalse();
        copy.left = true;
        if (!copy.ended) {
            end(copy, Ending.of(-100, Cause.CLUSTER, "released"));
        }
    }

    /** What holds whenever nothing is half done. */
    private void check() {
        for (Group group : roster.groups()) {
            assertThat(group.seats().stream().filter(Seat::lives).map(Seat::container))
                    .as("%s", group)
                    .containsExactlyInAnyOrderElementsOf(copies.stream()
                            .filter(c -> c.shard() == group.index() && !c.left)
                            .map(c -> c.place.container())
                            .toList());
            assertThat(group.leader().lives() || group.leader().asked())
                    .as("%s is on its way", group)
                    .isTrue();
            if (group.leader().lives()) {
                long start = group.leader().start();
                assertThat(leaders.merge(group.index(), start, Math::max))
                        .as("%s is never led by a former process", group)
                        .isEqualTo(start);
            }
            Seat standby = group.standby().orElseThrow();
            assertThat(standby.lives() || standby.asked())
                    .as("the standby of %s is on its way when the shard is placed", group)
                    .isEqualTo(group.leader().lives());
        }
        for (Request request : requests.values()) {
            Seat leader = roster.group(request.member()).leader();
            assertThat(request.avoid()).isEqualTo(leader.lives() ? leader.host() : null);
        }
        assertThat(requests.keySet())
                .containsExactlyInAnyOrderElementsOf(roster.seats().stream()
                        .filter(Seat::asked)
                        .map(Seat::request)
                        .toList());
    }

    private Optional<Copy> pick(Predicate<Copy> which) {
        return any(copies.stream().filter(which).toList());
    }

    private <T> Optional<T> any(java.util.Collection<T> all) {
        return all.stream().skip(all.isEmpty() ? 0 : random.nextInt(all.size())).findFirst();
    }
}
