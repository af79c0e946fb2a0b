package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.distbelief.appmaster.local.DaemonStatus.State;
import org.distbelief.appmaster.local.StopReport.Outcome;
import org.junit.jupiter.api.Test;

class ClusterStatusTest {
    @Test
    void isZeroWhenAllRun() {
        ClusterStatus status = status(State.RUNNING, State.RUNNING);
        assertThat(status.exitStatus()).isZero();
        assertThat(status.lines()).first().asString().isEqualTo("The local cluster is running (200 MB in memory).");
        assertThat(status.lines())
                .anySatisfy(line -> assertThat(line)
                        .contains("Server 0", "running", "100 MB", "localhost:8000", "http://localhost:9000/"));
    }

    @Test
    void isOneWhenAPartRunsAndNamesTheLogOfTheDead() {
        ClusterStatus status = status(State.RUNNING, State.DEAD);
        assertThat(status.exitStatus()).isEqualTo(1);
        assertThat(status.lines()).anySatisfy(line -> assertThat(line).contains("Server 1", "dead", "see /logs/1.log"));
        assertThat(status(State.RUNNING, State.SILENT).exitStatus()).isEqualTo(1);
    }

    @Test
    void isThreeWhenNothingRunsAndSaysHowToStart() {
        assertThat(status().exitStatus()).isEqualTo(3);
        assertThat(status().lines()).containsExactly(ClusterStatus.HOW_TO_START);
        assertThat(ClusterStatus.HOW_TO_START).contains("bin/distbelief cluster start");
    }

    @Test
    void saysThatItEndedByItself() {
        ClusterStatus status = status(State.DEAD, State.DEAD);
        assertThat(status.exitStatus()).isEqualTo(3);
        assertThat(status.lines()).hasSize(2).last().asString().contains("/logs");
    }

    @Test
    void aStartReportTellsTheTimeAndTheAddresses() {
        StartReport report = new StartReport(false, Duration.ofMillis(12_340), status(State.RUNNING), List.of("Note."));
        assertThat(report.lines()).startsWith("The local cluster is ready after 12.3 s.", "Note.");
        assertThat(report.lines()).anySatisfy(line -> assertThat(line).contains("localhost:8000"));
    }

    @Test
    void aSecondStartSaysThatItRunsAlready() {
        StartReport report = new StartReport(true, Duration.ZERO, status(State.RUNNING), List.of());
        assertThat(report.lines()).startsWith("The local cluster is already running.");
    }

    @Test
    void aStopReportNamesWhatDidNotGoSmoothly() {
        StopReport report = new StopReport(
                List.of(
                        new StopReport.Stopped("A", 1, Outcome.STOPPED),
                        new StopReport.Stopped("B", 2, Outcome.KILLED),
                        new StopReport.Stopped("C", 3, Outcome.WAS_DEAD)),
                0,
                Duration.ofMillis(700));
        assertThat(report.wasNotRunning()).isFalse();
        assertThat(report.lines())
                .containsExactly(
                        "The local cluster has stopped (0.7 s).",
                        "  B (process 2) did not end when asked and was killed.",
                        "  C (process 3) had ended before.");
        assertThat(new StopReport(List.of(), 0, Duration.ZERO).lines())
                .containsExactly("The local cluster was not running.");
    }

    private static ClusterStatus status(State... states) {
        List<DaemonStatus> daemons = new java.util.ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            OptionalLong memory = states[i] == State.DEAD ? OptionalLong.empty() : OptionalLong.of(100L << 20);
            daemons.add(new DaemonStatus(
                    "Server " + i,
                    states[i],
                    10 + i,
                    memory,
                    "localhost:" + (8000 + i),
                    "http://localhost:" + (9000 + i) + "/",
                    Path.of("/logs/" + i + ".log")));
        }
        return new ClusterStatus(daemons, Path.of("/conf"));
    }
}
