package org.distbelief.paramserver.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.distbelief.paramserver.RangeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One shard's rules: who may go on when, and which gradients count. */
@Timeout(60)
class PaceKeeperTest {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final RangeSet LOW = RangeSet.of(0, 4);
    private static final List<Object> CONNECTIONS = List.of(new Object(), new Object(), new Object(), new Object());
    private static final RangeSet HIGH = RangeSet.of(4, 10);

    private final AtomicLong now = new AtomicLong();
    private final List<String> applied = new ArrayList<>();
    private final AtomicLong version = new AtomicLong();

    private PaceKeeper keeper(Consistency consistency, int nPush, Duration slice) {
        return new PaceKeeper(consistency, nPush, 10, SILENCE, slice, now::get, new PaceKeeper.Gathering() {
            @Override
            public void joined(RoundState.Participant participant) {}

            @Override
            public void left(int replica) {}

            @Override
            public void applyMean(RangeSet ranges, int gradients) {
                applied.add((ranges.equals(LOW) ? "low" : "high") + " " + gradients);
            }

            @Override
            public void roundOver(long next, boolean updated) {
                if (updated) {
                    version.incrementAndGet();
                }
            }
        });
    }

    private PaceKeeper bounded(int steps, int nPush) {
        return keeper(new Consistency.Bounded(steps), nPush, Duration.ZERO);
    }

    private PaceKeeper synchronous(int backups) {
        return keeper(new Consistency.Synchronous(backups), 1, Duration.ZERO);
    }

    /** Asks by a connection of the replica's own. */
    private static boolean turn(PaceKeeper keeper, int replica, long clock) throws Exception {
        return keeper.turn(new Turn(replica, 1, clock), CONNECTIONS.get(replica))
                .granted();
    }

    private static long clockOfTheOthers(PaceKeeper keeper, int replica) throws Exception {
        Turn.Answer answer = keeper.turn(new Turn(replica, 1, Turn.UNKNOWN), CONNECTIONS.get(replica));
        assertThat(answer.granted()).isTrue();
        return answer.clock();
    }

    private static boolean give(PaceKeeper keeper, RangeSet ranges, int replica, long clock) {
        return keeper.give(ranges, replica, 1, clock, (first, round) -> {});
    }

    private static void giveAll(PaceKeeper keeper, int replica, long clock) {
        assertThat(give(keeper, LOW, replica, clock)).isTrue();
        assertThat(give(keeper, HIGH, replica, clock)).isTrue();
    }

    @Test
    void asynchronouslyEveryoneGoesOn() throws Exception {
        PaceKeeper keeper = keeper(new Consistency.Asynchronous(), 1, Duration.ZERO);
        assertThat(turn(keeper, 0, 0)).isTrue();
        assertThat(turn(keeper, 1, 1_000_000)).isTrue();
        assertThat(keeper.gathers()).isFalse();
    }

    @Test
    void aReplicaMayBeSoManyStepsAheadOfTheSlowest() throws Exception {
        PaceKeeper keeper = bounded(2, 1);
        assertThat(turn(keeper, 0, 0)).isTrue();
        assertThat(turn(keeper, 1, 0)).isTrue();
        assertThat(turn(keeper, 0, 2)).isTrue();
        assertThat(turn(keeper, 0, 3)).isFalse();
        keeper.applied(1, 1, 0, false);
        assertThat(turn(keeper, 0, 3)).as("a part of an update is none").isFalse();
        keeper.applied(1, 1, 0, true);
        assertThat(turn(keeper, 0, 3)).isTrue();
        assertThat(turn(keeper, 1, 1)).as("the slowest never waits").isTrue();
    }

    @Test
    void theBoundCountsStepsAndNotUpdates() throws Exception {
        PaceKeeper keeper = bounded(7, 4);
        assertThat(turn(keeper, 0, 0)).isTrue();
        assertThat(turn(keeper, 1, 1)).isTrue();
        assertThat(turn(keeper, 1, 2)).as("8 steps ahead").isFalse();
        PaceKeeper strict = bounded(0, 1);
        assertThat(turn(strict, 0, 0)).isTrue();
        assertThat(turn(strict, 1, 1)).isFalse();
    }

    @Test
    void whatHasBeenAppliedCountsEvenBeforeTheReplicaKnows() throws Exception {
        PaceKeeper keeper = bounded(1, 1);
        turn(keeper, 0, 0);
        turn(keeper, 1, 0);
        keeper.applied(1, 1, 0, true);
        keeper.applied(1, 1, 1, true);
        assertThat(turn(keeper, 1, 1)).isFalse();
    }

    @Test
    void aNewReplicaStartsWithTheSlowestAndIsNotWaitedForBefore() throws Exception {
        PaceKeeper keeper = bounded(1, 1);
        assertThat(clockOfTheOthers(keeper, 0)).isZero();
        assertThat(turn(keeper, 0, 7)).isTrue();
        assertThat(turn(keeper, 1, 8)).isTrue();
        assertThat(clockOfTheOthers(keeper, 2)).isEqualTo(7);
        keeper.applied(0, 1, 20, true);
        keeper.applied(1, 1, 20, true);
        assertThat(turn(keeper, 0, 21)).isTrue();
        assertThat(keeper.turn(new Turn(2, 1, 7), CONNECTIONS.get(2)))
                .as("the others have got further in the meantime")
                .isEqualTo(new Turn.Answer(true, 21));
        assertThat(turn(keeper, 0, 22)).isTrue();
        assertThat(turn(keeper, 0, 23)).isFalse();
    }

    @Test
    void whoLeavesOrIsCutOffIsNotWaitedFor() throws Exception {
        PaceKeeper keeper = bounded(0, 1);
        for (int replica = 0; replica < 3; replica++) {
            turn(keeper, replica, 0);
        }
        assertThat(turn(keeper, 0, 1)).isFalse();
        keeper.leave(1, 0);
        keeper.leave(1, 1);
        assertThat(turn(keeper, 0, 1)).isFalse();
        keeper.closed(new Object());
        keeper.closed(CONNECTIONS.get(2));
        assertThat(turn(keeper, 0, 1)).isTrue();
    }

    @Test
    void anEarlierLifeCannotLeaveForALaterOne() throws Exception {
        PaceKeeper keeper = bounded(0, 1);
        turn(keeper, 0, 0);
        keeper.turn(new Turn(1, 5, 0), "a");
        keeper.leave(1, 4);
        assertThat(turn(keeper, 0, 1)).isFalse();
        assertThatThrownBy(() -> keeper.turn(new Turn(1, 4, 0), "b"))
                .isInstanceOf(ReplacedReplicaException.class)
                .hasMessageContaining("expected incarnation 5 or later of replica 1, found one of 4");
        assertThat(keeper.turn(new Turn(1, 6, Turn.UNKNOWN), "c").clock())
                .as("the replica's earlier life is gone")
                .isEqualTo(1);
    }

    @Test
    void onlyWhoIsWaitedForAndSilentIsLeftBehind() throws Exception {
        PaceKeeper keeper = bounded(0, 1);
        turn(keeper, 0, 0);
        turn(keeper, 1, 0);
        turn(keeper, 2, 0);
        now.addAndGet(SILENCE.toNanos());
        keeper.applied(2, 1, 0, false);
        assertThat(turn(keeper, 0, 1)).isFalse();
        now.addAndGet(1);
        assertThat(turn(keeper, 0, 1)).as("replica 2 has pushed").isFalse();
        keeper.applied(2, 1, 0, true);
        assertThat(turn(keeper, 0, 1)).as("replica 1 was silent").isTrue();
        keeper.applied(2, 1, 40, true);
        assertThat(turn(keeper, 0, 41)).isTrue();
        assertThat(keeper.turn(new Turn(1, 1, 0), CONNECTIONS.get(1)))
                .as("it is back, and need not catch up")
                .isEqualTo(new Turn.Answer(true, 41));
        assertThat(turn(keeper, 0, 42)).isFalse();
    }

    @Test
    void whoWaitsHearsAtOnceThatItMayGoOn() throws Exception {
        PaceKeeper keeper = keeper(new Consistency.Bounded(0), 1, Duration.ofSeconds(50));
        turn(keeper, 0, 0);
        turn(keeper, 1, 0);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return turn(keeper, 0, 1);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        keeper.applied(1, 1, 0, true);
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void inStepAnUpdateIsTheMeanOfAll() throws Exception {
        PaceKeeper keeper = synchronous(0);
        for (int replica = 0; replica < 3; replica++) {
            assertThat(turn(keeper, replica, 0)).isTrue();
        }
        giveAll(keeper, 0, 0);
        assertThat(turn(keeper, 0, 1)).isFalse();
        giveAll(keeper, 1, 0);
        assertThat(applied).isEmpty();
        assertThat(give(keeper, HIGH, 2, 0)).isTrue();
        assertThat(turn(keeper, 0, 1)).as("half of the update").isFalse();
        assertThat(give(keeper, LOW, 2, 0)).isTrue();
        assertThat(applied).containsExactly("high 3", "low 3");
        assertThat(version).hasValue(1);
        assertThat(turn(keeper, 0, 1)).isTrue();
    }

    @Test
    void theSlowestAreNotWaitedForAndComeTooLate() throws Exception {
        PaceKeeper keeper = synchronous(1);
        for (int replica = 0; replica < 3; replica++) {
            turn(keeper, replica, 0);
        }
        giveAll(keeper, 0, 0);
        assertThat(give(keeper, LOW, 2, 0)).isTrue();
        assertThat(give(keeper, LOW, 1, 0)).as("the third").isFalse();
        assertThat(give(keeper, HIGH, 1, 0)).as("the second").isTrue();
        assertThat(applied).containsExactly("low 2", "high 2");
        assertThat(give(keeper, HIGH, 2, 0)).as("after the round").isFalse();
        assertThat(version).hasValue(1);

        Turn.Answer late = keeper.turn(new Turn(1, 1, 1), CONNECTIONS.get(1));
        assertThat(late).isEqualTo(new Turn.Answer(true, 1));
        turn(keeper, 0, 1);
        giveAll(keeper, 0, 1);
        giveAll(keeper, 1, 1);
        Turn.Answer later = keeper.turn(new Turn(2, 1, 1), CONNECTIONS.get(2));
        assertThat(later).as("it goes on with the others").isEqualTo(new Turn.Answer(true, 2));
    }

    @Test
    void whoLeavesAfterGivingCountsAndWhoLeavesBeforeIsNotWaitedFor() throws Exception {
        PaceKeeper keeper = synchronous(0);
        for (int replica = 0; replica < 3; replica++) {
            turn(keeper, replica, 0);
        }
        giveAll(keeper, 0, 0);
        keeper.leave(0, 1);
        giveAll(keeper, 1, 0);
        assertThat(applied).as("replica 2 has not given").isEmpty();
        keeper.closed(CONNECTIONS.get(2));
        assertThat(applied).containsExactlyInAnyOrder("low 2", "high 2");
        assertThat(turn(keeper, 1, 1)).isTrue();
        assertThat(give(keeper, LOW, 2, 0)).isFalse();
    }

    @Test
    void whenFewerAreLeftThanBackupsOneGradientIsEnough() throws Exception {
        PaceKeeper keeper = synchronous(2);
        for (int replica = 0; replica < 4; replica++) {
            turn(keeper, replica, 0);
        }
        giveAll(keeper, 0, 0);
        keeper.leave(2, 1);
        assertThat(applied).as("two are missing").containsExactlyInAnyOrder("low 1", "high 1");
        keeper.leave(3, 1);
        assertThat(turn(keeper, 1, 1)).isTrue();
        giveAll(keeper, 1, 1);
        assertThat(applied).hasSize(4);
        assertThat(version).hasValue(2);
    }

    @Test
    void whoIsSilentWhileOthersWaitIsLeftBehind() throws Exception {
        PaceKeeper keeper = synchronous(0);
        turn(keeper, 0, 0);
        turn(keeper, 1, 0);
        giveAll(keeper, 0, 0);
        now.addAndGet(SILENCE.toNanos() + 1);
        assertThat(turn(keeper, 0, 1)).isTrue();
        assertThat(applied).containsExactlyInAnyOrder("low 1", "high 1");
        assertThat(give(keeper, LOW, 1, 0)).isFalse();
        assertThat(keeper.turn(new Turn(1, 1, 1), CONNECTIONS.get(1))).isEqualTo(new Turn.Answer(true, 1));
    }

    @Test
    void whoJoinsTakesPartInThePresentRound() throws Exception {
        PaceKeeper keeper = synchronous(0);
        turn(keeper, 0, 0);
        giveAll(keeper, 0, 0);
        assertThat(turn(keeper, 0, 1)).isTrue();
        assertThat(clockOfTheOthers(keeper, 1)).isEqualTo(1);
        assertThat(turn(keeper, 1, 1)).isTrue();
        giveAll(keeper, 0, 1);
        assertThat(turn(keeper, 0, 2)).isFalse();
        giveAll(keeper, 1, 1);
        assertThat(turn(keeper, 0, 2)).isTrue();
        assertThat(applied.subList(2, 4)).containsExactlyInAnyOrder("low 2", "high 2");
    }

    @Test
    void aShardThatBeginsAnewTakesTheRoundThatAllAreAt() throws Exception {
        PaceKeeper keeper = synchronous(0);
        assertThat(turn(keeper, 2, 7))
                .as("one that has fallen back comes first")
                .isTrue();
        assertThat(turn(keeper, 0, 9)).isFalse();
        assertThat(turn(keeper, 1, 9)).isFalse();
        assertThat(turn(keeper, 2, 9)).isTrue();
        assertThat(turn(keeper, 0, 9)).isTrue();
        for (int replica = 0; replica < 3; replica++) {
            giveAll(keeper, replica, 9);
        }
        assertThat(applied).containsExactlyInAnyOrder("low 3", "high 3");
        assertThat(version).hasValue(1);
    }

    @Test
    void aPushAfterARestartSaysWhichRoundItIs() throws Exception {
        PaceKeeper keeper = synchronous(0);
        assertThat(give(keeper, LOW, 0, 41))
                .as("nobody has asked for a turn yet")
                .isTrue();
        assertThat(give(keeper, LOW, 1, 41)).isFalse();
        assertThat(give(keeper, HIGH, 1, 41)).isTrue();
        assertThat(version).hasValue(1);
        assertThat(clockOfTheOthers(keeper, 0)).isEqualTo(42);
    }

    @Test
    void updatesThatAreCutOtherwiseAreRefused() throws Exception {
        PaceKeeper keeper = synchronous(0);
        turn(keeper, 0, 0);
        give(keeper, LOW, 0, 0);
        assertThatThrownBy(() -> give(keeper, RangeSet.of(3, 10), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected an update that is cut like those before it");
    }

    @Test
    void theSumBeginsAnewInEachRound() throws Exception {
        PaceKeeper keeper = synchronous(0);
        List<Boolean> begun = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            turn(keeper, 0, round);
            turn(keeper, 1, round);
            for (int replica = 0; replica < 2; replica++) {
                for (RangeSet part : List.of(LOW, HIGH)) {
                    keeper.give(part, replica, 1, round, (first, now) -> begun.add(first));
                }
            }
        }
        assertThat(begun).containsExactly(true, true, false, false, true, true, false, false);
    }
}
