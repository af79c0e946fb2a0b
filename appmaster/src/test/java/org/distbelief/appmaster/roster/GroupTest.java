package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.appmaster.roster.RosterAction.Fail;
import org.distbelief.appmaster.roster.RosterAction.Launch;
import org.distbelief.appmaster.roster.RosterAction.Lost;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.distbelief.appmaster.roster.RosterAction.Stop;
import org.distbelief.appmaster.roster.RosterAction.Withdraw;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.paramserver.shard.CopyStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One shard, and two replicas of three partitions each: a replica's partitions come and go together. */
class GroupTest {
    private static final Ending CRASH = Ending.of(1, Cause.FAILED, "out of luck");
    private static final Ending NEIGHBOUR_GONE = Ending.of(3, Cause.FAILED, "partition 1 is gone");
    private static final Ending PREEMPTED = Ending.of(-102, Cause.CLUSTER, "preempted");
    private static final Ending FINISHED = Ending.of(0, Cause.FINISHED, "");
    private static final Duration ALLOCATION = Duration.ofSeconds(400);

    private final Roster roster =
            new Roster(new RosterSettings(1, 1, 2, 3, 0, ALLOCATION, Duration.ofSeconds(10), 1), 0);

    @BeforeEach
    void begin() {
        assertThat(roster.begin(0))
                .containsExactly(new Request(Member.shard(0), 1, null), new Request(p(0, 0), 2, null));
        allocate(1, "s", "shards", 0);
    }

    @Test
    void partition0IsAskedForFirstAndTheOthersBesideIt() {
        assertThat(allocate(2, "a0", "node7", 0))
                .containsExactly(
                        new Withdraw(2),
                        new Launch(p(0, 0), "a0", 1),
                        new Request(p(0, 1), 3, "node7"),
                        new Request(p(0, 2), 4, "node7"));
        assertThat(roster.waiting(Role.REPLICA)).isEqualTo(5);
        assertThat(roster.group(p(0, 0)).state()).isEqualTo(State.WAITING);
    }

    @Test
    void theFirstReplicaIsWholeBeforeTheOthersAreAskedFor() {
        allocate(2, "a0", "node7", 0);

        assertThat(allocate(3, "a1", "node7", 0)).noneMatch(Request.class::isInstance);
        assertThat(allocate(4, "a2", "node8", 0))
                .containsExactly(new Withdraw(4), new Launch(p(0, 2), "a2", 1), new Request(p(1, 0), 5, null));
    }

    @Test
    void aReplicaRunsOnceItsPartition0WasHeardAndAllAreThere() {
        allocate(2, "a0", "n", 0);
        allocate(3, "a1", "n", 0);
        roster.replicaHeard(0, 1, 1);
        assertThat(roster.group(p(0, 0)).state()).as("one is missing").isEqualTo(State.WAITING);

        allocate(4, "a2", "n", 2);
        assertThat(roster.group(p(0, 0)).state()).isEqualTo(State.STARTING);
        roster.replicaHeard(0, 1, 3);

        assertThat(roster.group(p(0, 0)).seats()).extracting(Seat::state).containsOnly(State.RUNNING);
        assertThat(roster.group(p(0, 0)).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void theLossOfOnePartitionStopsTheOthersAndAllStartAnewUnderTheNextNumber() {
        running(0);

        List<RosterAction> actions = roster.ended("a1.1", CRASH, 5);

        assertThat(actions.subList(0, 2)).containsExactly(new Stop("a0.1"), new Stop("a2.1"));
        assertThat(actions.get(2)).isInstanceOfSatisfying(Lost.class, lost -> {
            assertThat(lost.member()).isEqualTo(p(0, 1));
            assertThat(lost.start()).isEqualTo(1);
            assertThat(lost.reason())
                    .startsWith("replica 0, partition 1 (container a1.1 on n, log http://log/a1.1) ended with exit")
                    .endsWith("out of luck; the replica starts anew as a whole");
        });
        Group group = roster.group(p(0, 0));
        long request = group.leader().request();
        assertThat(actions.subList(3, actions.size())).containsExactly(new Request(p(0, 0), request, null));
        assertThat(group.restarts()).isEqualTo(1);
        assertThat(group.seats()).allMatch(s -> s.state() == State.WAITING && s.container() == null);
        assertThat(place(0, 2))
                .filteredOn(Launch.class::isInstance)
                .extracting(a -> ((Launch) a).start())
                .containsOnly(2L);
    }

    @Test
    void endingsThatFollowAreNotCountedAndDoNotDisturbTheNewIncarnation() {
        running(0);
        roster.ended("a1.1", CRASH, 5);
        running(0);

        assertThat(roster.ended("a0.1", NEIGHBOUR_GONE, 30)).isEmpty();
        assertThat(roster.ended("a2.1", Ending.of(143, Cause.FAILED, "terminated"), 30))
                .isEmpty();
        assertThat(roster.ended("a1.1", CRASH, 30)).isEmpty();
        roster.replicaHeard(0, 1, 31);

        assertThat(roster.group(p(0, 0)).state()).isEqualTo(State.RUNNING);
        assertThat(roster.group(p(0, 0)).restarts()).isEqualTo(1);
        assertThat(roster.ended("a0.2", CRASH, 32))
                .as("the second failure, where one is allowed")
                .singleElement()
                .isInstanceOf(Fail.class);
    }

    @Test
    void whenTheSurvivorsEndIsToldFirstTheLossStillCountsOnce() {
        running(0);

        assertThat(roster.ended("a0.1", NEIGHBOUR_GONE, 25)).contains(new Stop("a1.1"), new Stop("a2.1"));
        assertThat(roster.ended("a1.1", CRASH, 26)).isEmpty();
        assertThat(roster.ended("a2.1", NEIGHBOUR_GONE, 26)).isEmpty();

        running(0);
        assertThat(roster.group(p(0, 0)).leader().start()).isEqualTo(2);
    }

    @Test
    void theClustersDoingNeverCounts() {
        for (int i = 1; i <= 20; i++) {
            running(0);
            assertThat(roster.ended("a2." + i, PREEMPTED, 5))
                    .contains(new Stop("a0." + i), new Stop("a1." + i))
                    .noneMatch(Fail.class::isInstance);
            assertThat(roster.ended("a0." + i, NEIGHBOUR_GONE, 6)).isEmpty();
        }
    }

    @Test
    void requestsOfALostReplicaAreWithdrawn() {
        allocate(2, "a0", "n", 0);
        allocate(4, "a2", "n", 0);

        assertThat(roster.ended("a0", CRASH, 1)).startsWith(new Withdraw(3), new Stop("a2"));
        assertThat(allocate(3, "late", "n", 2)).containsExactly(new Stop("late"));
        assertThat(roster.group(p(0, 0)).seats()).allMatch(s -> s.state() == State.WAITING);
    }

    @Test
    void silenceOfPartition0StopsAllOfThem() {
        running(0);
        roster.shardHeard(0, 1, CopyStatus.ALONE, 10_000);
        roster.replicaHeard(0, 1, 5_000);
        assertThat(roster.tick(15_000)).isEmpty();

        List<RosterAction> actions = roster.tick(15_001);

        assertThat(actions).contains(new Stop("a0.1"), new Stop("a1.1"), new Stop("a2.1"));
        assertThat(actions)
                .filteredOn(Lost.class::isInstance)
                .singleElement()
                .satisfies(lost -> assertThat(((Lost) lost).reason())
                        .contains("replica 0, partition 0", "was silent for more than 10s"));
        assertThat(roster.tick(15_002)).isEmpty();
    }

    @Test
    void theStartIsTimedFromTheLastPartitionsContainer() {
        roster.shardHeard(0, 1, CopyStatus.ALONE, 0);
        allocate(2, "a0", "n", 0);
        allocate(3, "a1", "n", 0);
        hearShard(350_000);
        assertThat(roster.tick(350_000))
                .as("partition 2 still waits for a container")
                .isEmpty();
        allocate(4, "a2", "n", 350_000);
        hearShard(650_000);
        assertThat(roster.tick(650_000)).isEmpty();
        hearShard(650_001);

        assertThat(roster.tick(650_001))
                .contains(new Stop("a0"), new Stop("a1"), new Stop("a2"))
                .filteredOn(Lost.class::isInstance)
                .singleElement()
                .satisfies(lost -> assertThat(((Lost) lost).reason()).contains("did not report within 5m"));
    }

    @Test
    void withoutAWholeReplicaEveryPartitionsWaitIsBounded() {
        allocate(2, "a0", "n", 300_000);
        allocate(4, "a2", "n", 300_000);
        hearShard(700_000);
        assertThat(roster.tick(700_000)).isEmpty();
        hearShard(700_001);

        assertThat(roster.tick(700_001))
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.reason())
                                .contains("no container for replica 0, partition 1 within 6m 40s"));
    }

    @Test
    void halfAReplicaGivesItsContainersBackWhileAnotherWorks() {
        running(0);
        long second = roster.group(p(1, 0)).leader().request();
        allocate(second, "b0", "n", 0);
        allocate(second + 1, "b1", "n", 0);
        roster.shardHeard(0, 1, CopyStatus.ALONE, 400_001);
        roster.replicaHeard(0, 1, 400_001);

        List<RosterAction> actions = roster.tick(400_001);

        assertThat(actions).startsWith(new Stop("b0"), new Stop("b1"), new Withdraw(second + 2));
        assertThat(actions.get(3))
                .isInstanceOfSatisfying(
                        Lost.class,
                        lost -> assertThat(lost.reason())
                                .contains("no container for replica 1, partition 2", "are given back"));
        assertThat(actions.get(4)).isEqualTo(new Request(p(1, 0), second + 3, null));
        assertThat(roster.ended("b0", Ending.of(-100, Cause.CLUSTER, "released"), 400_002))
                .isEmpty();
        assertThat(roster.tick(400_100)).isEmpty();
    }

    @Test
    void aPartitionThatFinishesDoesNotRestartItsReplica() {
        running(0);

        assertThat(roster.ended("a1.1", FINISHED, 5)).isEmpty();
        assertThat(roster.group(p(0, 0)).state()).isEqualTo(State.STOPPED);
        assertThat(roster.ended("a0.1", FINISHED, 6)).isEmpty();
        assertThat(roster.ended("a2.1", FINISHED, 7)).containsExactly(new Lost(p(0, 2), 1, "replica 0 has finished"));
        roster.shardHeard(0, 1, CopyStatus.ALONE, 60_000);
        assertThat(roster.tick(60_000)).isEmpty();
    }

    @Test
    void aReplicaOfWhichOnlySomeFinishedIsNotWaitedForForever() {
        running(0);
        roster.ended("a0.1", FINISHED, 5);
        roster.shardHeard(0, 1, CopyStatus.ALONE, 10_001);

        assertThat(roster.tick(10_001))
                .contains(new Stop("a1.1"), new Stop("a2.1"))
                .doesNotContain(new Stop("a0.1"));
    }

    @Test
    void afterTheWorkIsDonePartitionsEndInAnyOrder() {
        running(0);
        long second = roster.group(p(1, 0)).leader().request();
        allocate(second, "b0", "n", 0);

        assertThat(roster.close())
                .as("the second replica is not complete")
                .containsExactly(new Stop("b0"), new Withdraw(second + 1), new Withdraw(second + 2));
        assertThat(roster.ended("a2.1", FINISHED, 5)).isEmpty();
        assertThat(roster.ended("a0.1", NEIGHBOUR_GONE, 5)).isEmpty();
        assertThat(roster.ended("a1.1", FINISHED, 5)).isEmpty();
        assertThat(roster.ended("b0", PREEMPTED, 5)).isEmpty();
        assertThat(roster.seats())
                .filteredOn(s -> s.member().role() == Role.REPLICA)
                .allMatch(s -> s.state() == State.STOPPED || s.state() == State.WAITING);
    }

    @Test
    void membersSayTheirPartitionOnlyWhereThereAreSeveral() {
        assertThat(p(3, 1)).hasToString("replica 3, partition 1");
        assertThat(Member.replica(3)).hasToString("replica 3");
        assertThat(Member.shard(2)).hasToString("shard 2");
    }

    private static Member p(int replica, int partition) {
        return Member.partition(replica, partition, 3);
    }

    /** Gives a replica all that it waits for, in containers a0.START ... a2.START, and hears it. */
    private void running(int replica) {
        int start = roster.group(p(replica, 0)).restarts() + 1;
        place(replica, start);
        roster.replicaHeard(replica, start, 0);
        assertThat(roster.group(p(replica, 0)).state()).isEqualTo(State.RUNNING);
    }

    private List<RosterAction> place(int replica, int start) {
        List<RosterAction> actions = new java.util.ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long request = roster.group(p(replica, i)).seats().get(i).request();
            actions.addAll(allocate(request, "a" + i + "." + start, "n", 0));
        }
        return actions;
    }

    private void hearShard(long now) {
        roster.shardHeard(0, 1, CopyStatus.ALONE, now);
    }

    private List<RosterAction> allocate(long request, String container, String host, long now) {
        return roster.allocated(request, new Place(container, host, null, "http://log/" + container), now);
    }
}
