package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.distbelief.container.coordinator.BatchId;
import org.distbelief.container.coordinator.BatchOrder;
import org.distbelief.container.coordinator.Beat;
import org.distbelief.container.coordinator.CoordinatorRefusedException;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.coordinator.WorkReply;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.junit.jupiter.api.Test;

/** One rule of the board after the other. */
class BatchBoardTest extends BoardScenario {
    @Test
    void noBatchNoWork() {
        assertThat(from(0).of(Optional.empty()).send())
                .isEqualTo(
                        new WorkReply(Optional.empty(), false, false, Optional.empty(), Optional.empty(), List.of()));
    }

    @Test
    void theNextPortionsAreOnTheReplicasNodeAndAnnouncedToItAlone() {
        begin(1, 8);
        WorkReply first = from(1).of(Optional.empty()).send();
        assertThat(first.batch().map(BatchOrder::id)).isEqualTo(FIRST);
        assertThat(first.compute()).contains(1);
        assertThat(first.ahead()).containsExactly(3, 5);
        assertThat(from(3).send().compute()).contains(0);
        assertThat(from(3).done(0).send().compute()).contains(2);
        assertThat(from(1).done(1).send().compute()).contains(3);
    }

    @Test
    void aBundleIsPushedWhenItIsLargeEnoughAndCountsWithTheCommit() {
        begin(1, 6);
        from(0).send();
        assertThat(from(0).done(0).send().push()).isEmpty();
        from(0).done(2).bundle(0).send();
        WorkReply reply = from(0).done(4).bundle(0, 2).send();
        assertThat(reply.keep()).isTrue();
        assertThat(reply.push()).contains(new PushOrder(1, new VectorName("push-7-1")));
        assertThat(reply.compute()).contains(1);
        from(0).working(1).pushing(1).send();
        assertThat(board.nextCommit()).isEmpty();
        from(0).working(1).pushed(1).send();
        Commit commit = board.nextCommit().orElseThrow();
        assertThat(commit.program(new VectorName("gradient"), 0.25).operations())
                .containsExactly(
                        new ShardOperation.Fill(new VectorName("gradient"), 0),
                        new ShardOperation.Axpy(0.25, new VectorName("push-7-1"), new VectorName("gradient")),
                        new ShardOperation.Free(new VectorName("push-7-1")),
                        new ShardOperation.Fill(new VectorName("push-7-3"), 0));
        assertThat(board.nextCommit()).isEmpty();
        assertThat(board.portionsCounted()).isZero();
        board.committed(commit);
        assertThat(board.portionsCounted()).isEqualTo(3);
        assertThat(board.tally().portions()).containsEntry(0, 3);
        assertThatThrownBy(() -> board.committed(commit)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAnswerThatGotLostIsGivenAgain() {
        begin(1, 6);
        from(0).send();
        from(0).done(0).send();
        from(0).done(2).bundle(0).send();
        WorkReply reply = from(0).done(4).bundle(0, 2).send();
        assertThat(from(0).done(4).bundle(0, 2).again()).isEqualTo(reply);
        assertThat(from(0).done(4).bundle(0, 2).send()).isEqualTo(reply);
        assertThat(board.tally().resultsDropped()).isZero();
        assertThat(board.tally().portionsRedone()).isZero();
    }

    @Test
    void aPushWhoseBundleIsAnotherNowGetsAnotherVector() {
        begin(1, 3);
        from(0).send();
        from(0).done(0).send();
        WorkReply reply = from(0).done(1).bundle(0, 2).send();
        assertThat(reply.push().orElseThrow().number()).isEqualTo(1);
        // It did not get that answer, and has lost the portion done.
        WorkReply other = from(0).bundle(0, 2).send();
        assertThat(other.push().orElseThrow().number()).isEqualTo(2);
        from(0).pushed(1).send();
        assertThat(commit()).isEmpty();
    }

    @Test
    void theFirstResultWinsAndOthersAreDropped() throws CoordinatorRefusedException {
        begin(1, 2);
        from(0).send();
        from(1).send();
        // 1 is free early, 0 is slow with portion 0.
        PushOrder one = from(1).done(1).send().push().orElseThrow();
        assertThat(from(1).pushed(one.number()).send().compute()).isEmpty();
        now += 100;
        assertThat(from(1).send().compute()).contains(0);
        assertThat(board.tally().backupsStarted()).isEqualTo(1);
        commit();
        PushOrder backup = from(1).done(0).send().push().orElseThrow();
        assertThat(beat(0, 0)).isFalse();
        from(1).pushed(backup.number()).send();
        assertThat(beat(0, 0)).isTrue();
        WorkReply late = from(0).done(0).send();
        assertThat(late.keep()).isFalse();
        assertThat(late.compute()).isEmpty();
        assertThat(board.done()).isFalse();
        commit();
        assertThat(board.done()).isTrue();
        assertThat(board.lossSum()).isEqualTo(1);
        assertThat(board.examples()).isEqualTo(20);
        assertThat(board.tally().backupsWon()).isEqualTo(1);
        assertThat(board.tally().resultsDropped()).isEqualTo(1);
    }

    @Test
    void aPortionIsCopiedOnlyOnceItTakesTwiceAsLongAsPortionsDo() throws CoordinatorRefusedException {
        begin(1, 2);
        from(0).send();
        from(1).send();
        now += 99;
        PushOrder one = from(1).done(1).send().push().orElseThrow();
        // Portion 1 took 100 ms; 0 was given out 102 ms ago.
        assertThat(from(1).pushed(one.number()).send().compute()).isEmpty();
        assertThat(board.millisUntilCopies(now)).isEqualTo(98);
        now += 97;
        assertThat(from(1).send().compute()).contains(0);
        assertThat(board.tally().backupsStarted()).isEqualTo(1);
    }

    @Test
    void whatIsInABundleIsLateWhereItsReplicaIsLateWithTheNext() {
        begin(1, 4);
        assertThat(from(0).send().compute()).contains(0);
        assertThat(from(1).send().compute()).contains(3);
        now += 100;
        assertThat(from(1).done(3).send().compute()).contains(1);
        assertThat(from(0).done(0).send().compute()).contains(2);
        now += 100;
        // Replica 0 has had portion 0 for 204 ms, and is at portion 2 for 101 ms, as long as anybody takes.
        PushOrder push = from(1).done(1).bundle(3).send().push().orElseThrow();
        assertThat(from(1).pushed(push.number()).send().compute()).isEmpty();
        now += 101;
        assertThat(board.millisUntilCopies(now)).isEqualTo(1);
        assertThat(from(1).send().compute()).contains(0);
        assertThat(from(2).send().compute()).contains(2);
    }

    @Test
    void whoWaitsToPushIsNotLate() {
        board = board(9, 1, true, false);
        begin(1, 3);
        from(0).send();
        from(1).send();
        from(2).send();
        PushOrder push = from(0).done(0).send().push().orElseThrow();
        assertThat(from(1).done(1).send().push()).isEmpty();
        now += 10_000;
        from(2).done(2).send();
        assertThat(from(0).pushing(push.number()).send().compute()).isEmpty();
        assertThat(from(3).send().compute()).as("the push is late").contains(0);
        assertThat(from(4).send().compute()).as("others wait for it").isEmpty();
    }

    @Test
    void pushesThatTakeLongerThanPortionsAreNotLateForThat() {
        board = board(1, 2, true, false);
        begin(1, 3);
        from(0).send();
        from(1).send();
        PushOrder slow = from(0).done(0).send().push().orElseThrow();
        PushOrder other = from(1).done(1).send().push().orElseThrow();
        now += 1000;
        from(0).working(2).pushed(slow.number()).send();
        assertThat(board.millisUntilCopies(now)).isGreaterThan(900);
        from(1).pushed(other.number()).send();
        assertThat(from(1).send().compute()).isEmpty();
    }

    @Test
    void smallPortionsAreNotLateAtOnce() throws CoordinatorRefusedException {
        begin(1, 2);
        from(0).send();
        from(1).send();
        PushOrder one = from(1).done(1).send().push().orElseThrow();
        // Portion 1 took 1 ms; 0 was given out 3 ms ago.
        assertThat(from(1).pushed(one.number()).send().compute()).isEmpty();
        assertThat(board.millisUntilCopies(now)).isEqualTo(47);
    }

    @Test
    void aBundleWithAPortionThatAnotherHasWonIsVoid() {
        board = board(9, 1, true, false);
        begin(1, 4);
        from(0).send();
        from(1).send();
        // Both have a portion in the bundle, and compute the last two.
        assertThat(from(0).done(0).send().compute()).contains(1);
        assertThat(from(1).done(3).send().compute()).contains(2);
        // The only vector goes to replica 1; 0 keeps its bundle, and is slow with portion 1.
        PushOrder push = from(1).done(2).bundle(3).send().push().orElseThrow();
        now += 100;
        from(1).pushed(push.number()).send();
        commit();
        // 1 has got a copy of portion 0 meanwhile, and is first.
        PushOrder copy = from(1).done(0).send().push().orElseThrow();
        WorkReply after = from(1).pushed(copy.number()).send();
        assertThat(after.compute()).contains(1);
        commit();
        now += 100;
        WorkReply told = from(0).working(1).bundle(0).send();
        assertThat(told.drop()).isTrue();
        assertThat(told.push()).isEmpty();
        assertThat(told.compute()).contains(1);
    }

    @Test
    void onlyWhoHasNothingGetsACopy() {
        board = board(9, 1, true, false);
        begin(1, 3);
        from(0).send();
        from(1).send();
        from(1).done(1).send();
        PushOrder push = from(1).done(2).bundle(1).send().push().orElseThrow();
        assertThat(from(1).pushing(push.number()).send().compute()).isEmpty();
        from(0).done(0).send();
        now += 100;
        assertThat(from(0).bundle(0).send().compute()).isEmpty();
        assertThat(from(2).of(Optional.empty()).send().compute()).isPresent();
    }

    @Test
    void withoutCopiesReplicasWaitAtTheEnd() {
        board = board(3, 2, false, false);
        begin(1, 1);
        assertThat(from(0).send().compute()).contains(0);
        assertThat(from(1).send().compute()).isEmpty();
        long before = board.changes();
        board.lost(0);
        assertThat(board.changes()).isGreaterThan(before);
        assertThat(from(1).send().compute()).contains(0);
        assertThat(board.tally().portionsRedone()).isEqualTo(1);
    }

    @Test
    void atTheEndBundlesArePushedWhileTheirReplicasCompute() throws CoordinatorRefusedException {
        begin(1, 3);
        from(0).send();
        from(0).done(0).send();
        assertThat(beat(0, 1)).isFalse();
        from(1).send();
        assertThat(beat(0, 1)).isTrue();
        WorkReply reply = from(0).working(1).bundle(0).send();
        assertThat(reply.push()).isPresent();
        assertThat(reply.compute()).contains(1);
        assertThat(beat(0, 1)).isFalse();
        now += 1000;
        assertThat(beat(0, 1)).as("is the push through?").isTrue();
    }

    @Test
    void whatALostReplicaHasIsFreeAgainAlsoWhatItHasPushed() {
        begin(1, 6);
        from(0).send();
        from(0).done(0).send();
        from(0).done(2).bundle(0).send();
        PushOrder push = from(0).done(4).bundle(0, 2).send().push().orElseThrow();
        assertThat(board.silentSince(now)).isEmpty();
        assertThat(board.silentSince(now + 1)).containsExactly(0);
        board.lost(0);
        assertThat(board.silentSince(now + 1)).isEmpty();
        assertThat(board.tally().resultsDropped()).isEqualTo(3);
        Commit commit = board.nextCommit().orElseThrow();
        assertThat(commit.add()).isEmpty();
        assertThat(commit.free()).containsExactly(push.into());
        board.committed(commit);
        // It was not dead.
        WorkReply reply = from(0).working(1).pushed(push.number()).send();
        assertThat(reply.compute()).contains(1);
        assertThat(board.nextCommit()).isEmpty();
    }

    @Test
    void anEarlierIncarnationIsRefusedAndWhatItHasReturns() {
        begin(1, 2);
        assertThat(from(0).send(4, 9).compute()).contains(0);
        assertThat(from(0).of(Optional.empty()).send(5, 1).compute()).contains(0);
        assertThatThrownBy(() -> from(0).send(4, 10)).hasMessageContaining("replaced by incarnation 5");
        assertThatThrownBy(() -> board.beat(new Beat(0, 4, FIRST, Optional.of(0)), 1))
                .isInstanceOf(CoordinatorRefusedException.class);
    }

    @Test
    void whatReplicasHaveOfAnotherBatchIsVoid() throws CoordinatorRefusedException {
        begin(1, 2);
        from(0).send();
        from(1).send();
        PushOrder push = from(1).done(1).send().push().orElseThrow();
        board.end();
        assertThat(from(0).done(0).send().batch()).isEmpty();
        begin(2, 2);
        assertThat(beat(0, 0)).isTrue();
        WorkReply reply = from(0).done(0).bundle(1).send();
        assertThat(reply.batch().orElseThrow().id().number()).isEqualTo(2);
        assertThat(reply.keep() || reply.drop()).isFalse();
        assertThat(reply.compute()).contains(0);
        from(1).pushed(push.number()).send();
        assertThat(board.nextCommit()).isEmpty();
    }

    @Test
    void aReplicaGetsWhatItComputedBefore() {
        board = board(1, 2, true, false);
        begin(1, 4);
        int[] order = {3, 2, 1, 0};
        for (int portion : order) {
            PushOrder push = from(5).done(portion).send().push().orElseThrow();
            from(5).pushed(push.number()).send();
            commit();
        }
        assertThat(board.done()).isTrue();
        board.end();
        board.begin(
                new BatchOrder(new BatchId(TERM, 2), VectorName.PARAMETERS, 0),
                List.of(
                        new BatchPortion(1, 10, List.of()),
                        new BatchPortion(3, 10, List.of()),
                        new BatchPortion(9, 10, List.of("node6"))));
        assertThat(from(6).send().compute()).contains(9);
        WorkReply reply = from(5).send();
        assertThat(reply.compute()).contains(1);
        assertThat(reply.ahead()).containsExactly(3);
    }

    @Test
    void aBundleThatIsNotFiniteEndsTheBatchThoughItsPortionsWereKept() throws CoordinatorRefusedException {
        begin(1, 5);
        from(0).send();
        assertThat(from(0).done(0).send().keep()).isTrue();
        from(0).done(0, Double.NaN).working(1).send();
        assertThat(board.done()).isTrue();
        assertThat(board.lossSum()).isNaN();
    }

    @Test
    void aLossThatIsNotFiniteEndsTheBatch() throws CoordinatorRefusedException {
        begin(1, 5);
        from(0).send();
        from(1).send();
        from(0).done(0, Double.NaN).send();
        assertThat(board.done()).isTrue();
        assertThat(board.lossSum()).isNaN();
        assertThat(from(1).done(1).send().compute()).isEmpty();
        assertThat(beat(2, 1)).isTrue();
    }

    @Test
    void deterministicPushesComeInOrderAndWhoIsTooFarAheadMakesWay() {
        board = board(3, 1, true, true);
        begin(1, 4);
        assertThat(from(0).send().compute()).contains(0);
        assertThat(from(1).send().compute()).contains(1);
        WorkReply waits = from(1).done(1).send();
        assertThat(waits.keep()).isTrue();
        assertThat(waits.push()).isEmpty();
        assertThat(waits.compute()).isEmpty();
        board.lost(0);
        WorkReply makesWay = from(1).bundle(1).send();
        assertThat(makesWay.drop()).isTrue();
        assertThat(makesWay.compute()).contains(0);
        assertThat(from(1).bundle(1).again()).isEqualTo(makesWay);
        assertThat(from(1).done(0).send().push()).isPresent();
    }

    @Test
    void deterministicCommitsWaitForTheirTurn() {
        board = board(3, 2, true, true);
        begin(1, 3);
        from(0).send();
        PushOrder second = from(1).done(1).send().push().orElseThrow();
        from(1).pushed(second.number()).send();
        assertThat(board.nextCommit()).isEmpty();
        PushOrder first = from(0).done(0).send().push().orElseThrow();
        from(0).pushed(first.number()).send();
        assertThat(commit()).containsExactly(first.into(), second.into());
    }

    @Test
    void aBatchNeitherBeginsNorEndsDuringACommit() {
        assertThat(board.nextCommit()).isPresent();
        assertThatThrownBy(() -> board.end()).hasMessageContaining("committed()");
    }
}
