package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.distbelief.appmaster.status.SampleSnapshots.STARTED;
import static org.distbelief.appmaster.status.SampleSnapshots.trainingAt;

import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.distbelief.appmaster.status.SampleSnapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
    private static final String LOST =
            "0:31  ! Model replica 1 (container_1700000000000_0007_01_000005 on node2.example) was lost: exit status"
                    + " 137, killed; it is started again";

    @Test
    void whileItTrainsTheLineTellsExamplesRateLossTimeLeftAndEpoch() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);

        line.update(SampleSnapshots.training());

        assertThat(screen.last())
                .isEqualTo("Training  25% [=      ] 877k/3.46M 17,433/s, loss 1.5321, 2:28 left, epoch 3/10");
    }

    @Test
    void aWideTerminalShowsEveryDigitAndALongerBar() {
        Screen screen = new Screen(120);
        ProgressLine line = new ProgressLine(screen.out, true, 120);

        line.update(SampleSnapshots.training());

        assertThat(screen.last())
                .matches("Training  25% \\[={10} {30}] 876,543/3,456,780"
                        + " 17,433/s, loss 1\\.5321, 2:28 left, epoch 3/10");
    }

    @Test
    void aNarrowTerminalLeavesOutWhatMattersLess() {
        Screen screen = new Screen(60);
        ProgressLine line = new ProgressLine(screen.out, true, 60);

        line.update(SampleSnapshots.training());

        assertThat(screen.last()).isEqualTo("Training  25% [==        ] 877k/3.46M 17,433/s, loss 1.5321");
    }

    @Test
    void theSameLineIsWrittenOverAndOver() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);

        line.update(trainingAt(20, 100_000));
        line.update(trainingAt(21, 1_728_390));

        assertThat(screen.lines()).hasSize(1);
        assertThat(screen.last()).startsWith("Training  50% [");
    }

    @Test
    void beforeTrainingItSaysWhatItWaitsFor() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);

        line.update(SampleSnapshots.starting());

        assertThat(screen.last()).isEqualTo("Starting 0:07  waiting for 2 of 4 containers (1 GiB, 1 vcore each)");
    }

    @Test
    void trainingTakesThePlaceOfWaiting() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);

        line.update(SampleSnapshots.starting());
        line.update(trainingAt(8, 1_000));

        assertThat(screen.lines()).hasSize(1);
        assertThat(screen.last()).startsWith("Training   0% [").doesNotContain("waiting");
    }

    @Test
    void failuresAndRestartsStayAboveTheLineAndAreToldOnce() {
        Screen screen = new Screen(160);
        ProgressLine line = new ProgressLine(screen.out, true, 160);

        line.update(SampleSnapshots.starting());
        line.update(SampleSnapshots.training());
        line.update(trainingAt(63, 890_000));

        assertThat(screen.lines()).hasSize(3);
        assertThat(screen.lines().get(0)).isEqualTo(LOST);
        assertThat(screen.lines().get(1)).isEqualTo("1:02  model replica 1 runs again on node2.example (restart 1)");
        assertThat(screen.last()).startsWith("Training  25% [");
    }

    @Test
    void aSplitReplicaRunsAgainWhereItsPartitionsLie() {
        Screen screen = new Screen(160);
        ProgressLine line = new ProgressLine(screen.out, true, 160);

        line.update(SampleSnapshots.splitStarting());
        line.update(SampleSnapshots.split());

        assertThat(screen.lines().get(1))
                .isEqualTo("1:02  model replica 1 runs again on 2 nodes of rack /rack1 (restart 1)");
    }

    @Test
    void whoComesLateHearsOfEarlierFailuresButNotOfEarlierRestarts() {
        Screen screen = new Screen(160);
        ProgressLine line = new ProgressLine(screen.out, true, 160);

        line.update(SampleSnapshots.training());

        assertThat(screen.lines()).hasSize(2).first().isEqualTo(LOST);
    }

    @Test
    void theEndLeavesTheFullBarAndTheCursorBelowIt() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);
        line.update(SampleSnapshots.training());

        line.update(SampleSnapshots.succeeded());
        String atTheEnd = screen.raw();
        line.update(SampleSnapshots.training());
        line.close();
        line.close();

        assertThat(screen.raw()).isEqualTo(atTheEnd);
        assertThat(screen.last()).isEmpty();
        assertThat(screen.lines().get(screen.lines().size() - 2)).startsWith("Training 100% [====");
    }

    @Test
    void aFailureAtTheEndIsToldAndTheLineIsLeftForTheSummary() {
        Screen screen = new Screen(160);
        ProgressLine line = new ProgressLine(screen.out, true, 160);
        line.update(SampleSnapshots.starting());

        line.update(SampleSnapshots.failed());

        assertThat(screen.lines()).contains("1:05  ! Model replica 1 failed for the 4th time; the job ends");
        assertThat(screen.last()).isEmpty();
    }

    @Test
    void closingWhileItRunsLeavesTheLine() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);
        line.update(SampleSnapshots.starting());

        line.close();

        assertThat(screen.lines()).hasSize(2).first().asString().startsWith("Starting 0:07");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 20, 33, 40, 60, 79, 80, 81, 110, 132, 200})
    void noLineIsWiderThanTheTerminalAndNoTextDrivesIt(int columns) {
        Screen screen = new Screen(columns);
        ProgressLine line = new ProgressLine(screen.out, true, columns);

        line.update(SampleSnapshots.starting());
        line.update(trainingAt(20, 1));
        line.update(SampleSnapshots.training());
        line.update(SampleSnapshots.hostile());
        line.update(trainingAt(360_000, 3_456_779, new Event(STARTED, "\u4e2d\u6587".repeat(40), true)));
        line.update(SampleSnapshots.failed());

        assertThat(screen.lines()).isNotEmpty();
    }

    @Test
    void anUnknownWidthIsTakenAsEighty() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 0);

        line.update(SampleSnapshots.training());

        assertThat(screen.last()).hasSize(79);
    }

    @Test
    void intoAFileGoesAPlainLineEveryFiveSecondsOfTheJobsTime() {
        Screen file = new Screen(1000);
        ProgressLine line = new ProgressLine(file.out, false, 0);

        for (int second = 10; second <= 20; second++) {
            line.update(trainingAt(second, 100_000L * second));
        }
        line.close();

        assertThat(file.raw()).doesNotContain("\r");
        assertThat(file.lines())
                .containsExactly(
                        "0:10  Training  28.9 %, 1,000,000 of 3,456,780 examples, 17,433/s, loss 1.5321, epoch 3 of 10,"
                                + " 2:28 left",
                        "0:15  Training  43.4 %, 1,500,000 of 3,456,780 examples, 17,433/s, loss 1.5321, epoch 5 of 10,"
                                + " 2:28 left",
                        "0:20  Training  57.9 %, 2,000,000 of 3,456,780 examples, 17,433/s, loss 1.5321, epoch 6 of 10,"
                                + " 2:28 left",
                        "");
    }

    @Test
    void intoAFileWaitingIsToldOnceAndFailuresAtOnce() {
        Screen file = new Screen(1000);
        ProgressLine line = new ProgressLine(file.out, false, 0);
        JobSnapshot starting = SampleSnapshots.starting();

        line.update(starting);
        line.update(starting);
        line.update(SampleSnapshots.failed());

        assertThat(file.lines())
                .containsExactly(
                        "0:07  Starting  waiting for 2 of 4 containers (1 GiB, 1 vcore each)",
                        LOST,
                        "1:05  ! Model replica 1 failed for the 4th time; the job ends",
                        "");
    }
}
