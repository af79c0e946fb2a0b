package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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

class RosterTest {
    private static final Member SHARD = Member.shard(0);
    private static final Member REPLICA = Member.replica(0);
    private static final Ending CRASH = Ending.of(1, Ending.Cause.FAILED, "stderr: out of luck");

    private final Roster roster =
            new Roster(new RosterSettings(1, 1, 1, 1, 0, Duration.ofSeconds(100), Duration.ofSeconds(10), 2), 0);

    @BeforeEach
    void begin() {
        assertThat(roster.begin(0)).containsExactly(new Request(SHARD, 1, null), new Request(REPLICA, 2, null));
    }

    @Test
    void startsAMemberInTheContainerThatAnswersItsRequest() {
        assertThat(allocate(2, "c2", 5)).containsExactly(new Withdraw(2), new Launch(REPLICA, "c2", 1));
        assertThat(state(REPLICA)).isEqualTo(State.STARTING);
        roster.replicaHeard(0, 1, 6);
        assertThat(state(REPLICA)).isEqualTo(State.RUNNING);
        assertThat(roster.waiting(Role.SHARD)).isEqualTo(1);
    }

    @Test
    void givesBackContainersThatNobodyWaitsFor() {
        allocate(2, "c2", 0);

        assertThat(allocate(2, "c3", 0)).containsExactly(new Stop("c3"));
        assertThat(allocate(99, "c4", 0)).containsExactly(new Stop("c4"));
    }

    @Test
    void aLostMemberIsStartedAgainUnderAHigherNumber() {
        allocate(1, "c1", 0);

        List<RosterAction> actions = roster.ended("c1", CRASH, 3);

        assertThat(actions.get(0)).isInstanceOfSatisfying(Lost.class, lost -> {
            assertThat(lost.member()).isEqualTo(SHARD);
            assertThat(lost.start()).isEqualTo(1);
            assertThat(lost.reason())
                    .contains("shard 0 (container c1 on host, log http://log/c1)", "exit status 1", "out of luck");
        });
        assertThat(actions.get(1)).isEqualTo(new Request(SHARD, 3, null));
        assertThat(allocate(3, "c5", 4)).contains(new Launch(SHARD, "c5", 2));
        roster.shardHeard(0, 1, CopyStatus.ALONE, 5);
        assertThat(state(SHARD)).as("an earlier start's words don't count").isEqualTo(State.STARTING);
        assertThat(roster.group(SHARD).restarts()).isEqualTo(1);
    }

    @Test
    void endsTheJobWhenTheFailureBudgetIsSpent() {
        for (int i = 0; i < 2; i++) {
            failReplica();
        }

        assertThat(failReplica())
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.reason())
                                .contains("too many failures: 3, allowed are 2", "replica 0", "out of luck"));
    }

    @Test
    void theClustersDoingNeverCounts() {
        for (int i = 0; i < 50; i++) {
            Seat seat = roster.group(REPLICA).leader();
            allocate(seat.request(), "p" + i, 0);
            assertThat(roster.ended("p" + i, Ending.of(-102, Ending.Cause.CLUSTER, "preempted"), 0))
                    .hasSize(2)
                    .noneMatch(Fail.class::isInstance);
        }
    }

    @Test
    void whatStartingAgainCannotMendEndsTheJobAtOnce() {
        allocate(2, "c2", 0);

        assertThat(roster.ended("c2", Ending.of(65, Ending.Cause.HOPELESS, "label 'x' is unknown"), 1))
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class, fail -> assertThat(fail.reason()).contains("label 'x' is unknown"));
    }

    @Test
    void aSilentMemberIsStoppedAndStartedAgain() {
        allocate(1, "c1", 0);
        roster.shardHeard(0, 1, CopyStatus.ALONE, 5_000);
        assertThat(roster.tick(15_000)).isEmpty();

        List<RosterAction> actions = roster.tick(15_001);

        assertThat(actions).hasSize(3).contains(new Stop("c1"));
        assertThat(state(SHARD)).isEqualTo(State.WAITING);
        assertThat(roster.ended("c1", CRASH, 15_002))
                .as("its end was counted already")
                .isEmpty();
    }

    @Test
    void saysWhatItWaitedForWhenNoContainerComes() {
        assertThat(roster.tick(100_000)).isEmpty();
        assertThat(roster.tick(100_001))
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.reason()).contains("no container for shard 0 within 1m 40s"));
    }

    @Test
    void aReplicaMayWaitForeverWhileAnotherWorks() {
        Roster two = new Roster(new RosterSettings(0, 1, 2, 1, 0, Duration.ofSeconds(1), Duration.ofHours(9), 0), 0);
        two.begin(0);
        two.allocated(1, place("c1"), 0);
        two.replicaHeard(0, 1, 0);

        assertThat(two.tick(1_000_000)).isEmpty();
    }

    @Test
    void aStartMayTakeLongerThanSilence() {
        allocate(1, "c1", 0);
        allocate(2, "c2", 0);

        assertThat(roster.tick(299_000)).isEmpty();
        assertThat(roster.tick(301_000)).contains(new Stop("c1"));
    }

    @Test
    void afterTheWorkIsDoneNothingIsMadeGood() {
        allocate(1, "c1", 0);
        assertThat(roster.close()).containsExactly(new Withdraw(2));

        assertThat(roster.ended("c1", CRASH, 1)).isEmpty();
        assertThat(state(SHARD)).isEqualTo(State.STOPPED);
        assertThat(allocate(2, "late", 2)).containsExactly(new Stop("late"));
        assertThat(roster.tick(1_000_000)).isEmpty();
    }

    @Test
    void startNumbersGoOnAfterARestartOfTheApplicationMaster() {
        Roster second =
                new Roster(new RosterSettings(1, 1, 0, 1, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0), 1000);
        second.begin(0);

        assertThat(second.allocated(1, place("c"), 0)).contains(new Launch(SHARD, "c", 1001));
    }

    @Test
    void wordsAndEndingsOfStrangersArePassedOver() {
        allocate(1, "c1", 0);

        roster.replicaHeard(7, 1, 1);
        roster.shardHeard(0, 9, CopyStatus.ALONE, 1);

        assertThat(roster.ended("c99", CRASH, 1)).isEmpty();
        assertThat(state(SHARD)).isEqualTo(State.STARTING);
    }

    private List<RosterAction> failReplica() {
        Seat seat = roster.group(REPLICA).leader();
        String container = "r" + seat.start();
        allocate(seat.request(), container, 0);
        return roster.ended(container, CRASH, 0);
    }

    private List<RosterAction> allocate(long request, String container, long now) {
        return roster.allocated(request, place(container), now);
    }

    private static Place place(String container) {
        return new Place(container, "host", null, "http://log/" + container);
    }

    private State state(Member member) {
        return roster.group(member).state();
    }
}
