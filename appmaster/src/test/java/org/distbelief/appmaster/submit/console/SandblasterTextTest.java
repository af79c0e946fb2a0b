package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SampleSandblaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the console shows of a job of Sandblaster L-BFGS. */
class SandblasterTextTest {
    @Test
    void statusTellsIterationsBatchLeaderAndTrafficButNoEpochsNorStaleness() {
        String text = StatusText.of(SampleSandblaster.training(), 160);

        assertThat(text).contains("""

                Progress    30.1 %, iteration 31 of at most 100, 17,433/s, loss 1.3990, gradient 0.0302, 1:44 left
                Last step   1.0000 times its direction, after 1 evaluation of the batch
                Batch       17 of 24 portions done, the last one at 17,433/s
                Leader      coordinator 1, term 2; 2 have led
                In its term 33 evaluations, 61 backup copies of which 14 came first, 9 results dropped, 2 portions given out again
                Its traffic 1.9 MiB to the shards, 1.1 MiB from them; about 75.5 KiB and 41.5 KiB an iteration
                Checkpoint  000002 after 876,000 examples computed, 52.8 MiB
                Output      hdfs://namenode.example:8020/user/ada/digits

                Parameter shards
                  shard  state    node           parameters  received     sent  fetches  restarts  container
                      0  running  node1.example     264,232   8.6 GiB  8.6 GiB    8,764         0  container_1700000000000_0007_01_000002
                      1  running  node1.example     264,233   8.6 GiB  8.6 GiB    8,764         0  container_1700000000000_0007_01_000003

                """, """

                Model replicas
                  replica  state    node           portions  examples  examples/s    loss  computing  waiting  restarts  container
                        0  running  node2.example       437   438,271     8,716/s  1.5012       83 %     14 %         0  container_1700000000000_0007_01_000004
                        1  running  node2.example       312   438,271     8,716/s  1.5637       83 %     14 %         1  container_1700000000000_0007_01_000006

                Coordinators
                  coordinator  state    role       node           restarts  container
                            0  running  stands by  node1.example         1  container_1700000000000_0007_01_000010
                            1  running  leads      node2.example         0  container_1700000000000_0007_01_000011

                """);
        assertThat(text).doesNotContain("epoch", "staleness", "pushes", "Data  ");
        assertThat(text).contains("program p50").doesNotContain("lock p99");
    }

    @Test
    void beforeTheFirstEvaluationNothingIsToldOfIt() {
        assertThat(StatusText.of(SampleSandblaster.starting(), 120))
                .contains("Progress    0.0 %, iteration 0 of at most 100, 0/s\nCheckpoint  none yet\n")
                .contains("            1  waiting  -          -                     0  -\n")
                .doesNotContain("Batch", "Leader", "traffic", "NaN", "null");
        assertThat(StatusText.of(SampleSandblaster.begun(), 120))
                .contains("iteration 0 of at most 100, 17,433/s, loss 4.4000, gradient 0.4000\nBatch  ")
                .doesNotContain("Last step", " left", "an iteration");
    }

    @Test
    void theBarCountsIterationsAndTheLineTellsTheLoss() {
        assertThat(bar(80))
                .isEqualTo("Training  31% [===         ] 31/100 iterations loss 1.3990, 1:44 left, 17,433/s");
        assertThat(bar(60)).isEqualTo("Training  31% [==       ] 31/100 it. loss 1.3990, 1:44 left");
        assertThat(bar(120)).endsWith("] 31/100 iterations loss 1.3990, 1:44 left, 17,433/s");
    }

    private static String bar(int columns) {
        Screen screen = new Screen(columns);
        new ProgressLine(screen.out, true, columns).update(SampleSandblaster.training());
        return screen.last();
    }

    @Test
    void whereItEndsBeforeTheLastIterationTheBarIsFullAllTheSame() {
        Screen screen = new Screen(80);
        ProgressLine line = new ProgressLine(screen.out, true, 80);
        line.update(SampleSandblaster.training());

        line.update(SampleSandblaster.succeeded());

        List<String> lines = screen.lines();
        assertThat(lines.get(lines.size() - 2))
                .startsWith("Training 100% [====")
                .contains("88/88 iterations loss 1.3002");
    }

    @Test
    void intoAFileGoesALineWithIterationsAndLoss() {
        Screen file = new Screen(1000);
        ProgressLine line = new ProgressLine(file.out, false, 0);

        line.update(SampleSandblaster.training());

        assertThat(file.lines())
                .contains("1:02  Training  30.1 %, iteration 31 of at most 100, 17,433/s, loss 1.3990, gradient 0.0302,"
                        + " 1:44 left");
    }

    @Test
    void aCoordinatorThatRunsAgainIsTold() {
        Screen screen = new Screen(200);
        ProgressLine line = new ProgressLine(screen.out, true, 200);

        line.update(SampleSandblaster.starting());
        line.update(SampleSandblaster.training());

        assertThat(screen.lines())
                .contains("1:02  coordinator 0 runs again on node1.example (restart 1)")
                .noneMatch(text -> text.contains("coordinator 1 runs again"));
    }

    @Test
    void theSummaryTellsWhyItStopped() {
        assertThat(Summary.of(SampleSandblaster.succeeded(), null, 120)).contains("""

                Trained     88 iterations, 4,272,000 examples computed, 23,092/s from start to end, training loss 1.3002
                Stopped     the last iteration has lowered the loss by too little (sandblaster.lossTolerance)
                """);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20, 40, 60, 79, 80, 110, 132, 200})
    void noLineIsWiderThanTheTerminal(int columns) {
        Screen screen = new Screen(columns);
        ProgressLine line = new ProgressLine(screen.out, true, columns);

        line.update(SampleSandblaster.starting());
        line.update(SampleSandblaster.begun());
        line.update(SampleSandblaster.training());
        line.update(SampleSandblaster.succeeded());

        assertThat(screen.lines()).isNotEmpty();
        JobSnapshot job = SampleSandblaster.training();
        int width = Math.max(40, columns);
        assertThat(StatusText.of(job, width).lines())
                .filteredOn(text -> TerminalText.width(text) > width)
                .allMatch(text -> text.contains("hdfs://") || text.contains("_0007"));
    }
}
