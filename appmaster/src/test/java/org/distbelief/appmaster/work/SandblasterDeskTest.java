package org.distbelief.appmaster.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.distbelief.appmaster.ledger.SandblasterPosition;
import org.distbelief.appmaster.status.SandblasterWork.IterationPoint;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReply.Order;
import org.distbelief.container.master.CoordinatorReply.ReplicaPlace;
import org.distbelief.container.master.CoordinatorReport;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Standing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandblasterDeskTest {
    private final SandblasterDesk desk = new SandblasterDesk(SandblasterPosition.START, 100, 0, () -> 5_000);

    @BeforeEach
    void twoCoordinators() {
        desk.started(0, 1);
        desk.started(1, 1);
    }

    @Test
    void nobodyLeadsBeforeTheShardsServe() throws Exception {
        assertThat(elected(0, 0).order()).isEqualTo(Order.STAND_BY);
        desk.lead();
        assertThat(elected(0, 0)).isEqualTo(new CoordinatorReply(Order.LEAD, 1, Optional.empty(), List.of()));
    }

    @Test
    void whoIsNotElectedStandsBy() throws Exception {
        desk.lead();
        CoordinatorReport standingBy =
                new CoordinatorReport(1, 1, false, false, 0, Optional.empty(), false, Optional.empty(), "");
        assertThat(desk.coordinate(standingBy).order()).isEqualTo(Order.STAND_BY);
    }

    @Test
    void aTermWhoseGrantWasLostIsGrantedAgainAndOneThatWasGivenUpIsNot() throws Exception {
        desk.lead();
        assertThat(elected(0, 0).term()).isEqualTo(1);
        assertThat(elected(0, 0).term()).isEqualTo(1);
        assertThat(leads(0, 1, standing(1, true), false).term()).isEqualTo(1);
        assertThat(elected(0, 1).term()).as("it has resigned").isEqualTo(2);
    }

    @Test
    void aSuccessorGoesOnFromWhatItsPredecessorHasToldAndTheOtherIsNotHeardAnyMore() throws Exception {
        desk.lead();
        elected(0, 0);
        leads(0, 1, standing(7, false), false);

        CoordinatorReply successor = elected(1, 0);

        assertThat(successor.term()).isEqualTo(2);
        assertThat(successor.standing()).contains(standing(7, false));
        CoordinatorReport deposed = new CoordinatorReport(
                0, 1, false, true, 1, Optional.of(standing(8, false)), false, Optional.empty(), "");
        assertThat(desk.coordinate(deposed).term()).isZero();
        assertThat(desk.position().come().map(Standing::iteration)).contains(7L);
        assertThat(desk.view().leader()).isEqualTo(1);
        assertThat(desk.view().leaders()).isEqualTo(2);
    }

    @Test
    void aLeaderIsHeldOnceItsPointIsInTheParametersAndOnlyWhileItSaysSo() throws Exception {
        desk.lead();
        elected(0, 0);
        assertThat(desk.hold()).isEmpty();
        assertThat(leads(0, 1, standing(3, false), false).order()).isEqualTo(Order.HOLD);
        assertThat(desk.hold()).isEmpty();
        leads(0, 1, standing(3, false), true);
        assertThat(desk.hold()).as("its point is elsewhere").isEmpty();

        leads(0, 1, standing(3, true), true);

        assertThat(desk.hold()).contains(new SandblasterPosition(standing(3, true)));
        desk.release();
        assertThat(leads(0, 1, standing(3, true), true).order()).isEqualTo(Order.LEAD);
        assertThat(desk.hold()).as("it went on").isEmpty();
    }

    @Test
    void aLeaderThatIsLostWhileItHoldsIsNotTakenToHold() throws Exception {
        desk.lead();
        elected(0, 0);
        desk.hold();
        leads(0, 1, standing(3, true), true);

        assertThat(desk.lost(0)).contains("iteration 3");

        assertThat(desk.hold()).isEmpty();
        assertThat(elected(1, 0).order()).isEqualTo(Order.HOLD);
    }

    @Test
    void goingBackBeginsAnotherTermWhenTheShardsServe() throws Exception {
        desk.lead();
        elected(0, 0);
        leads(0, 1, standing(5, true), false);
        leads(0, 1, standing(6, false), false);

        desk.goBack(new SandblasterPosition(standing(5, true)));

        assertThat(leads(0, 1, standing(7, false), false).order()).isEqualTo(Order.STAND_BY);
        desk.lead();
        CoordinatorReply again = elected(0, 1);
        assertThat(again.term()).isGreaterThan(1);
        assertThat(again.standing()).contains(standing(5, true));
        assertThat(desk.view().series()).extracting(IterationPoint::iteration).containsExactly(5L);
        leads(0, again.term(), standing(6, true), false);
        assertThat(desk.view().series()).extracting(IterationPoint::iteration).containsExactly(5L, 6L);
    }

    @Test
    void theEndIsWhatTheLeaderSaysWithItsPointInTheParameters() throws Exception {
        desk.lead();
        elected(0, 0);
        desk.coordinate(report(0, 1, standing(9, false), false, Optional.of("enough")));
        assertThat(desk.done()).isFalse();
        CoordinatorReply reply = desk.coordinate(report(0, 1, standing(9, true), true, Optional.of("enough")));

        assertThat(desk.done()).isTrue();
        assertThat(reply.order()).isEqualTo(Order.HOLD);
        assertThat(desk.view().share()).isEqualTo(1);
        desk.finish();
        assertThat(elected(0, 1).order()).isEqualTo(Order.FINISH);
        assertThat(elected(1, 0).order()).isEqualTo(Order.FINISH);
    }

    @Test
    void aStartThatWasGivenUpIsRefused() {
        desk.started(0, 2);

        assertThatThrownBy(() -> elected(0, 0))
                .isInstanceOfSatisfying(
                        MasterException.class, e -> assertThat(e.refused()).isTrue())
                .hasMessageContaining("coordinator 0, start 1");
    }

    @Test
    void tellsTheReplicasThatAreThere() throws Exception {
        desk.lead();
        ReplicaPlace place = new ReplicaPlace(3, 2, "node");
        desk.replicaStarted(place);
        assertThat(elected(0, 0).replicas()).containsExactly(place);
        desk.replicaLost(3);
        assertThat(elected(0, 0).replicas()).isEmpty();
    }

    @Test
    void manyIterationsAreThinnedOut() throws Exception {
        desk.lead();
        elected(0, 0);
        for (int i = 0; i <= 2_500; i++) {
            leads(0, 1, standing(i, false), false);
            leads(0, 1, standing(i, false), false);
        }

        List<IterationPoint> series = desk.view().series();
        assertThat(series).hasSizeBetween(500, 1_000);
        assertThat(series)
                .extracting(IterationPoint::iteration)
                .doesNotHaveDuplicates()
                .startsWith(0L, 4L, 8L);
        assertThat(series.get(0).atMillis()).isEqualTo(5_000);
    }

    private CoordinatorReply elected(int coordinator, long lastTerm) throws MasterException {
        return desk.coordinate(new CoordinatorReport(
                coordinator, 1, true, false, lastTerm, Optional.empty(), false, Optional.empty(), ""));
    }

    private CoordinatorReply leads(int coordinator, long term, Standing standing, boolean held) throws MasterException {
        return desk.coordinate(report(coordinator, term, standing, held, Optional.empty()));
    }

    private static CoordinatorReport report(
            int coordinator, long term, Standing standing, boolean held, Optional<String> ended) {
        return new CoordinatorReport(coordinator, 1, true, true, term, Optional.of(standing), held, ended, "");
    }

    private static Standing standing(long iteration, boolean settled) {
        return new Standing(iteration, 2.5, 0.1, 1, 1, 100, List.of("parameters", "gradient-0"), settled, "{}");
    }
}
