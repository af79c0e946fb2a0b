package org.distbelief.appmaster.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.appmaster.ledger.WarmStart;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.MasterException;
import org.distbelief.container.master.Phase;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;
import org.junit.jupiter.api.Test;

class WorkDeskTest {
    private long now = 1_000;
    private long sequence;

    @Test
    void givesNothingBeforeTrainingBegins() throws Exception {
        WorkDesk desk = desk(4, 1, 0);
        desk.started(0, 1, "a");

        assertThat(desk.exchange(report(0, 1, 2)).leases()).isEmpty();
        desk.train();
        assertThat(desk.exchange(report(0, 1, 2)).leases()).hasSize(2);
    }

    @Test
    void aReplicaThatMissedAReplyIsGivenTheSameLeasesAgain() throws Exception {
        WorkDesk desk = training(4, 1, 0);
        desk.started(0, 1, "a");
        List<Lease> lost = desk.exchange(report(0, 1, 2)).leases();

        Reply again = desk.exchange(report(0, 1, 2));

        assertThat(again.leases()).isEqualTo(lost);
    }

    @Test
    void completionsCountOnceHoweverOftenTheyAreReported() throws Exception {
        WorkDesk desk = training(2, 1, 0);
        desk.started(0, 1, "a");
        Lease lease = desk.exchange(report(0, 1, 1)).leases().get(0);
        Report done = new Report(
                0, 1, ++sequence, 0, List.of(), List.of(new Completed(lease.id(), 10)), List.of(), progress(10, 5));

        desk.exchange(done);
        desk.exchange(done);

        assertThat(desk.view().ledger().portionsCompleted()).isEqualTo(1);
        assertThat(desk.view().examplesDone()).isEqualTo(10);
    }

    @Test
    void saysDrainWhenNothingIsFree() throws Exception {
        WorkDesk desk = training(2, 1, 0);
        desk.started(0, 1, "a");

        assertThat(desk.exchange(report(0, 1, 1)).drain()).isFalse();
        Reply all = desk.exchange(report(0, 1, 5));
        assertThat(all.drain()).isTrue();
    }

    @Test
    void anIncarnationThatWasGivenUpIsRefusedAndItsLeasesGoToOthers() throws Exception {
        WorkDesk desk = training(2, 2, 0);
        desk.started(0, 1, "a");
        desk.started(1, 1, "b");
        Lease lease = desk.exchange(report(0, 1, 1)).leases().get(0);

        assertThat(desk.lost(0)).isEqualTo(1);

        assertThatThrownBy(() -> desk.exchange(report(0, 1, 1)))
                .isInstanceOfSatisfying(
                        MasterException.class, e -> assertThat(e.refused()).isTrue());
        desk.started(0, 2, "c");
        List<Lease> others = desk.exchange(report(1, 1, 2)).leases();
        assertThat(others).extracting(Lease::portion).contains(lease.portion());
        assertThat(others).extracting(Lease::id).doesNotContain(lease.id());
    }

    @Test
    void totalsGoOnOverIncarnations() throws Exception {
        WorkDesk desk = training(3, 1, 0);
        desk.started(0, 1, "a");
        desk.exchange(new Report(0, 1, ++sequence, 0, List.of(), List.of(), List.of(), progress(100, 200)));
        desk.lost(0);
        desk.started(0, 2, "a");
        desk.exchange(new Report(0, 2, ++sequence, 0, List.of(), List.of(), List.of(), progress(30, 40)));

        assertThat(desk.view().examplesTrained()).isEqualTo(130);
        assertThat(desk.view().lossSum()).isEqualTo(240);
    }

    @Test
    void duringTheWarmStartOnlyOneReplicaGetsWork() throws Exception {
        WorkDesk desk = training(8, 2, 50);
        desk.started(0, 1, "a");
        desk.started(1, 1, "b");

        assertThat(desk.exchange(report(0, 1, 2)).leases()).hasSize(2);
        Reply other = desk.exchange(report(1, 1, 2));
        assertThat(other.leases()).isEmpty();
        assertThat(other.drain()).isFalse();
        desk.exchange(new Report(0, 1, ++sequence, 0, List.of(1L, 2L), List.of(), List.of(), progress(50, 10)));
        assertThat(desk.exchange(report(1, 1, 2)).leases()).hasSize(2);
    }

    @Test
    void scoresAreAddedOnceAndOnlyInTheEvaluation() throws Exception {
        WorkDesk desk = new WorkDesk(null, TestLedgers.of(2, 1, 1), new WarmStart(0), () -> now);
        desk.started(0, 1, "a");
        desk.evaluate();
        Reply reply = desk.exchange(report(0, 1, 2));
        assertThat(reply.phase()).isEqualTo(Phase.EVALUATE);
        assertThat(reply.leases()).hasSize(2).allMatch(l -> l.kind() == Kind.EVALUATE);
        List<Scored> scored = reply.leases().stream()
                .map(l -> new Scored(l.id(), 4, 10, 5, 2, 1))
                .toList();
        Report report = new Report(0, 1, ++sequence, 0, List.of(), List.of(), scored, progress(0, 0));

        desk.exchange(report);
        desk.exchange(report);

        assertThat(desk.evaluationDone()).isTrue();
        assertThat(desk.scores().row("test").accuracy()).isEqualTo(0.5);
        assertThat(desk.scores().examples()).isEqualTo(20);
        desk.finish();
        assertThat(desk.exchange(report(0, 1, 1)).phase()).isEqualTo(Phase.FINISH);
    }

    @Test
    void ratesAreTakenOverTheLastSeconds() throws Exception {
        WorkDesk desk = training(2, 1, 0);
        desk.started(0, 1, "a");
        for (int second = 0; second <= 20; second++) {
            now = 1_000L + second * 1_000L;
            long examples = second <= 10 ? 0 : (second - 10) * 500L;
            desk.exchange(new Report(
                    0, 1, ++sequence, 0, List.of(), List.of(), List.of(), progress(examples, examples * 2.0)));
        }

        assertThat(desk.view().replicas()).hasEntrySatisfying(0, view -> {
            assertThat(view.examplesPerSecond()).isEqualTo(500);
            assertThat(view.loss()).isEqualTo(2);
        });
    }

    private WorkDesk training(int portions, int replicas, long warmStart) {
        WorkDesk desk = desk(portions, replicas, warmStart);
        desk.train();
        return desk;
    }

    private WorkDesk desk(int portions, int replicas, long warmStart) {
        return new WorkDesk(TestLedgers.of(portions, 1, replicas), null, new WarmStart(warmStart), () -> now);
    }

    private Report report(int replica, long incarnation, int wanted) {
        return new Report(replica, incarnation, ++sequence, wanted, List.of(), List.of(), List.of(), progress(0, 0));
    }

    private static Progress progress(long examples, double lossSum) {
        return new Progress(examples / 10, examples, lossSum, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
