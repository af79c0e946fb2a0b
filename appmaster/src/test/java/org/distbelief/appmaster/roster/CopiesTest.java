package org.distbelief.appmaster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.appmaster.roster.RosterAction.Fail;
import org.distbelief.appmaster.roster.RosterAction.Launch;
import org.distbelief.appmaster.roster.RosterAction.Lost;
import org.distbelief.appmaster.roster.RosterAction.Note;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.distbelief.appmaster.roster.RosterAction.Stop;
import org.distbelief.appmaster.roster.RosterAction.TakenOver;
import org.distbelief.appmaster.roster.RosterAction.Withdraw;
import org.distbelief.appmaster.roster.Seat.State;
import org.distbelief.paramserver.shard.CopyStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shard of two copies: one serves, the other follows it and takes over. */
class CopiesTest {
    private static final Member FIRST = Member.copy(0, 0, 2);
    private static final Member SECOND = Member.copy(0, 1, 2);
    private static final Ending KILLED = Ending.of(137, Cause.FAILED, "it was killed");
    private static final Ending REPLACED = Ending.of(4, Cause.FAILED, "nobody serves, and it is not in sync");
    private static final Ending PREEMPTED = Ending.of(-102, Cause.CLUSTER, "preempted");
    private static final Ending WRONG = Ending.of(2, Cause.HOPELESS, "shards.memory is too small");

    private final Roster roster =
            new Roster(new RosterSettings(1, 2, 0, 1, 0, Duration.ofSeconds(100), Duration.ofSeconds(10), 1), 1000);

    @BeforeEach
    void begin() {
        assertThat(roster.begin(0)).containsExactly(new Request(FIRST, 1, null));
    }

    @Test
    void theStandbyIsAskedForWhenTheShardIsPlacedAndKeepsAwayFromItsNode() {
        assertThat(allocate(1, "a", "node1", 0))
                .containsExactly(new Withdraw(1), new Launch(FIRST, "a", 1001), new Request(SECOND, 2, null, "node1"));
        assertThat(allocate(2, "b", "node2", 0)).containsExactly(new Withdraw(2), new Launch(SECOND, "b", 1002, true));
    }

    @Test
    void aShardRunsWithoutItsStandby() {
        allocate(1, "a", "node1", 0);
        assertThat(shard().state()).isEqualTo(State.STARTING);
        serves(1001, 0, false, 1);

        assertThat(shard().state()).isEqualTo(State.RUNNING);
        assertThat(shard().launched()).isTrue();
        assertThat(roster.waiting(Role.SHARD)).isZero();
        assertThat(roster.standbysWaiting()).isEqualTo(1);
    }

    @Test
    void containersOnTheShardsNodeAreGivenBackThreeTimes() {
        allocate(1, "a", "node1", 0);
        for (int i = 2; i < 5; i++) {
            assertThat(allocate(i, "b" + i, "node1", 0))
                    .containsExactly(new Withdraw(i), new Stop("b" + i), new Request(SECOND, i + 1, null, "node1"));
        }

        List<RosterAction> taken = allocate(5, "b5", "node1", 0);

        assertThat(taken).startsWith(new Withdraw(5), new Launch(SECOND, "b5", 1002, true));
        assertThat(taken.get(2)).isInstanceOfSatisfying(Note.class, note -> {
            assertThat(note.text())
                    .contains("standby of shard 0 runs on the same node", "(node1)", "the cluster offered no other");
            assertThat(note.bad()).isFalse();
        });
    }

    @Test
    void aLaterStandbyMayBeRefusedThreeTimesAgain() {
        both(true);
        roster.ended("b", PREEMPTED, 2);
        long request = standby().request();

        assertThat(allocate(request, "c", "node1", 2)).contains(new Stop("c"));
        assertThat(allocate(request + 1, "d", "node3", 2)).contains(new Launch(SECOND, "d", 1003, true));
        roster.ended("d", PREEMPTED, 2);
        for (int i = 2; i < 5; i++) {
            assertThat(allocate(request + i, "e" + i, "node1", 2)).contains(new Stop("e" + i));
        }
        assertThat(allocate(request + 5, "f", "node1", 2)).contains(new Launch(SECOND, "f", 1004, true));
    }

    @Test
    void aStandbyThatEndsIsAskedForAgainAndNothingIsLost() {
        both(true);

        List<RosterAction> actions = roster.ended("b", KILLED, 2);

        assertThat(actions.get(0)).isInstanceOfSatisfying(Note.class, note -> {
            assertThat(note.text())
                    .startsWith(
                            "standby of shard 0 (container b on node2, log http://log/b) ended with exit status 137")
                    .contains("nothing is lost");
            assertThat(note.bad()).isTrue();
        });
        assertThat(actions.subList(1, 2)).containsExactly(new Request(SECOND, 3, null, "node1"));
        assertThat(actions).hasSize(2);
        assertThat(shard().state()).isEqualTo(State.RUNNING);
        assertThat(shard().restarts()).isZero();
        assertThat(roster.ended("a", PREEMPTED, 2))
                .as("nobody can take over")
                .contains(new Withdraw(3))
                .anyMatch(Lost.class::isInstance);
    }

    @Test
    void aStandbysFailuresCount() {
        both(true);
        roster.ended("b", KILLED, 2);
        allocate(3, "c", "node2", 2);

        assertThat(roster.ended("c", KILLED, 3))
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.reason()).contains("too many failures: 2", "standby of shard 0"));
    }

    @Test
    void whatStartingAgainCannotMendEndsTheJobAlsoOfAStandby() {
        both(true);

        assertThat(roster.ended("b", WRONG, 2)).singleElement().isInstanceOf(Fail.class);
    }

    @Test
    void aStandbyInSyncTakesOver() {
        both(true);

        List<RosterAction> actions = roster.ended("a", KILLED, 2);

        assertThat(actions.get(0)).isInstanceOfSatisfying(TakenOver.class, taken -> {
            assertThat(taken.member()).isEqualTo(SECOND);
            assertThat(taken.start()).isEqualTo(1002);
            assertThat(taken.reason())
                    .startsWith("shard 0 (container a on node1, log http://log/a) ended with exit status 137")
                    .endsWith("its standby in b on node2 takes over, no update is lost");
        });
        assertThat(actions.subList(1, actions.size())).containsExactly(new Request(FIRST, 3, null, "node2"));
        assertThat(shard().leader().member()).isEqualTo(SECOND);
        assertThat(shard().state()).isEqualTo(State.TAKING_OVER);
        assertThat(shard().restarts()).isZero();
        assertThat(shard().copies().takeovers()).isEqualTo(1);
        assertThat(allocate(3, "c", "node3", 3)).contains(new Launch(FIRST, "c", 1003, true));

        follows(1002, 1001, 4);
        assertThat(shard().state()).as("it still follows").isEqualTo(State.TAKING_OVER);
        serves(1002, 1003, false, 5);
        assertThat(shard().state()).isEqualTo(State.RUNNING);
        assertThat(roster.seats()).extracting(Seat::state).containsExactly(State.STARTING, State.RUNNING);
    }

    @Test
    void theNewStandbyTakesOverInItsTurn() {
        both(true);
        roster.ended("a", PREEMPTED, 2);
        allocate(3, "c", "node1", 2);
        serves(1002, 1003, true, 3);

        assertThat(roster.ended("b", PREEMPTED, 4))
                .anyMatch(a -> a instanceof TakenOver t && t.member().equals(FIRST) && t.start() == 1003)
                .contains(new Request(SECOND, 4, null, "node1"));
    }

    @Test
    void aStandbyThatIsNotInSyncDoesNotTakeOver() {
        both(false);

        List<RosterAction> actions = roster.ended("a", KILLED, 2);

        assertThat(actions.get(0)).isEqualTo(new Stop("b"));
        assertThat(actions.get(1)).isInstanceOfSatisfying(Lost.class, lost -> {
            assertThat(lost.member()).isEqualTo(FIRST);
            assertThat(lost.start()).isEqualTo(1001);
            assertThat(lost.reason()).endsWith("its standby is not in sync and can't take over");
        });
        assertThat(actions.subList(2, actions.size())).containsExactly(new Request(FIRST, 3, null));
        assertThat(shard().restarts()).isEqualTo(1);
        assertThat(allocate(3, "c", "node1", 2))
                .contains(new Launch(FIRST, "c", 1003), new Request(SECOND, 4, null, "node1"));
        assertThat(roster.ended("b", REPLACED, 3)).as("it was stopped").isEmpty();
    }

    @Test
    void aStandbyOnlyCountsAsInSyncWhileTheShardSaysSo() {
        both(true);
        serves(1001, 1002, false, 2);

        assertThat(roster.ended("a", PREEMPTED, 3)).anyMatch(Lost.class::isInstance);
    }

    @Test
    void aWordAboutAnEarlierStandbyDoesNotCount() {
        both(true);
        roster.ended("b", PREEMPTED, 2);
        allocate(3, "c", "node2", 2);
        serves(1001, 1002, true, 3);

        assertThat(roster.ended("a", PREEMPTED, 3)).anyMatch(Lost.class::isInstance);
    }

    @Test
    void aNewStandbyOfWhichNothingWasHeardDoesNotTakeOver() {
        both(true);
        roster.ended("b", PREEMPTED, 2);
        allocate(3, "c", "node2", 2);

        assertThat(roster.ended("a", PREEMPTED, 3))
                .contains(new Stop("c"))
                .anyMatch(Lost.class::isInstance)
                .noneMatch(TakenOver.class::isInstance);
    }

    @Test
    void bothLostIsALoss() {
        both(true);
        roster.ended("a", PREEMPTED, 2);

        List<RosterAction> actions = roster.ended("b", PREEMPTED, 3);

        assertThat(actions.get(0)).isEqualTo(new Withdraw(3));
        assertThat(actions.get(1))
                .isInstanceOfSatisfying(
                        Lost.class, lost -> assertThat(lost.start()).isEqualTo(1002));
        assertThat(actions.get(2)).isEqualTo(new Request(FIRST, 4, null));
        assertThat(shard().leader().member()).isEqualTo(FIRST);
        assertThat(shard().standby().map(Seat::state)).contains(State.WAITING);
    }

    @Test
    void aTakeoverThatDoesNotComeIsALoss() {
        both(true);
        roster.ended("a", PREEMPTED, 2_000);
        follows(1002, 1001, 21_000);
        assertThat(roster.tick(22_000)).isEmpty();

        assertThat(roster.tick(22_001))
                .contains(new Stop("b"))
                .filteredOn(Lost.class::isInstance)
                .singleElement()
                .satisfies(lost ->
                        assertThat(((Lost) lost).reason()).contains("did not take over within 20s", "was stopped"));
    }

    @Test
    void anEndThatFollowsFromTheShardsIsNotCounted() {
        both(false);
        assertThat(roster.ended("b", REPLACED, 2)).as("the first to be told").hasSize(2);
        roster.ended("a", KILLED, 3);
        assertThat(roster.tick(4)).isEmpty();

        both2(true);
        assertThat(roster.ended("d", KILLED, 5))
                .as("the second failure, where one is allowed")
                .singleElement()
                .isInstanceOf(Fail.class);
    }

    @Test
    void aTakeoverThatItRefusesIsNotCountedTwice() {
        both(true);
        roster.ended("a", KILLED, 2);

        assertThat(roster.ended("b", REPLACED, 3)).anyMatch(Lost.class::isInstance);
    }

    @Test
    void aStandbyThatServesIsBelieved() {
        both(false);

        List<RosterAction> actions = serves(1002, 0, false, 2);

        assertThat(actions).singleElement().isInstanceOfSatisfying(TakenOver.class, taken -> {
            assertThat(taken.start()).isEqualTo(1002);
            assertThat(taken.reason())
                    .contains("standby of shard 0 in b on node2 has taken over", "in a on node1", "no update is lost");
        });
        assertThat(shard().leader().member()).isEqualTo(SECOND);
        assertThat(shard().state()).isEqualTo(State.RUNNING);
        assertThat(serves(1001, 1002, true, 3)).as("a zombie's word").isEmpty();
        assertThat(shard().leader().member()).isEqualTo(SECOND);

        List<RosterAction> ended = roster.ended("a", KILLED, 4);
        assertThat(ended.get(0))
                .isInstanceOfSatisfying(
                        Note.class,
                        note -> assertThat(note.text()).startsWith("former process of shard 0 (container a on node1"));
        assertThat(ended.get(1)).isEqualTo(new Request(FIRST, 3, null, "node2"));
    }

    @Test
    void aFormerProcessThatOnlySaysThatItServesIsStopped() {
        both(true);
        serves(1002, 0, false, 2);
        for (int now = 1_000; now < 10_000; now += 1_000) {
            serves(1001, 1002, true, now);
            serves(1002, 0, false, now);
        }
        serves(1002, 0, false, 10_002);

        assertThat(roster.tick(10_002)).contains(new Stop("a"), new Request(FIRST, 3, null, "node2"));
    }

    @Test
    void aSilentShardIsStoppedAndItsStandbyTakesOver() {
        both(true);
        follows(1002, 1001, 10_000);

        assertThat(roster.tick(10_002))
                .startsWith(new Stop("a"))
                .anyMatch(a -> a instanceof TakenOver t && t.reason().contains("was silent for more than 10s"))
                .contains(new Request(FIRST, 3, null, "node2"));
        assertThat(roster.ended("a", KILLED, 10_003)).isEmpty();
    }

    @Test
    void aSilentStandbyIsStoppedAndAskedForAgain() {
        both(true);
        serves(1001, 1002, true, 10_000);

        assertThat(roster.tick(10_002))
                .startsWith(new Stop("b"))
                .contains(new Request(SECOND, 3, null, "node1"))
                .noneMatch(Lost.class::isInstance);
        assertThat(shard().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void twoThatAreSilentTogetherAreALossAtOnce() {
        Roster patient =
                new Roster(new RosterSettings(1, 2, 0, 1, 0, Duration.ofSeconds(100), Duration.ofSeconds(10), 9), 0);
        patient.begin(0);
        patient.allocated(1, place("a", "node1"), 0);
        patient.allocated(2, place("b", "node2"), 0);
        patient.shardHeard(0, 1, new CopyStatus(true, 2, 1, true), 1);
        patient.shardHeard(0, 2, new CopyStatus(false, 1, 1, true), 1);

        List<RosterAction> actions = patient.tick(10_002);

        assertThat(actions).contains(new Stop("a"), new Stop("b")).anyMatch(Lost.class::isInstance);
        assertThat(actions).noneMatch(TakenOver.class::isInstance);
        assertThat(actions.get(actions.size() - 1)).isEqualTo(new Request(FIRST, 4, null));
    }

    @Test
    void aJobGoesOnWithoutAStandbyAndSaysSoOnce() {
        allocate(1, "a", "node1", 0);
        serves(1001, 0, false, 100_000);
        assertThat(roster.tick(100_000)).isEmpty();

        assertThat(roster.tick(100_001))
                .singleElement()
                .isInstanceOfSatisfying(
                        Note.class,
                        note -> assertThat(note.text())
                                .contains("no container for standby of shard 0 within 1m 40s", "goes on without it"));
        assertThat(roster.tick(100_002)).isEmpty();
        assertThat(allocate(2, "b", "node2", 100_003)).contains(new Launch(SECOND, "b", 1002, true));
        roster.ended("b", PREEMPTED, 100_004);
        serves(1001, 0, false, 200_005);
        assertThat(roster.tick(200_005)).singleElement().isInstanceOf(Note.class);
    }

    @Test
    void aJobDoesNotGoOnWithoutTheShard() {
        assertThat(roster.tick(100_001))
                .singleElement()
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.reason()).contains("no container for shard 0 within 1m 40s"));
    }

    @Test
    void closingWithdrawsAStandbyAndMakesNothingGood() {
        allocate(1, "a", "node1", 0);
        serves(1001, 0, false, 1);

        assertThat(roster.close()).containsExactly(new Withdraw(2));
        assertThat(roster.ended("a", KILLED, 2)).isEmpty();
        assertThat(roster.tick(1_000_000)).isEmpty();
        assertThat(allocate(2, "late", "node2", 3)).containsExactly(new Stop("late"));
    }

    /** Both are placed and heard, in containers a on node1 and b on node2. */
    private void both(boolean inSync) {
        allocate(1, "a", "node1", 0);
        allocate(2, "b", "node2", 0);
        serves(1001, 1002, inSync, 1);
        follows(1002, 1001, 1);
    }

    /** Both are placed again after a loss, in containers d and e. */
    private void both2(boolean inSync) {
        long first = shard().nextStart();
        allocate(shard().leader().request(), "d", "node1", 4);
        allocate(standby().request(), "e", "node2", 4);
        serves(first, first + 1, inSync, 4);
        assertThat(shard().state()).isEqualTo(State.RUNNING);
    }

    private List<RosterAction> serves(long start, long other, boolean inSync, long now) {
        return roster.shardHeard(0, start, new CopyStatus(true, other, inSync ? 1 : 0, inSync), now);
    }

    private void follows(long start, long other, long now) {
        assertThat(roster.shardHeard(0, start, new CopyStatus(false, other, 0, false), now))
                .isEmpty();
    }

    private Group shard() {
        return roster.group(FIRST);
    }

    private Seat standby() {
        return shard().standby().orElseThrow();
    }

    private List<RosterAction> allocate(long request, String container, String host, long now) {
        return roster.allocated(request, place(container, host), now);
    }

    private static Place place(String container, String host) {
        return new Place(container, host, null, "http://log/" + container);
    }
}
