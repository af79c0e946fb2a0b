package org.distbelief.appmaster.yarn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingsTest {
    @ParameterizedTest
    @CsvSource({
        "0, FINISHED",
        "1, FAILED",
        "2, HOPELESS",
        "6, HOPELESS",
        "137, FAILED",
        "-100, CLUSTER",
        "-101, CLUSTER",
        "-102, CLUSTER",
        "-104, FAILED",
        "-105, STOPPED",
        "-106, CLUSTER"
    })
    void knowsWhoseDoingItWas(int exitStatus, Cause cause) {
        assertThat(Endings.of(exitStatus, "").cause()).isEqualTo(cause);
    }

    @Test
    void onlyProcessesOfLostNodesMayStillRun() {
        assertThat(Endings.of(ContainerExitStatus.ABORTED, "").certain()).isFalse();
        for (int status : List.of(
                0,
                1,
                4,
                137,
                ContainerExitStatus.PREEMPTED,
                ContainerExitStatus.DISKS_FAILED,
                ContainerExitStatus.KILLED_EXCEEDED_PMEM)) {
            assertThat(Endings.of(status, "").certain()).as("%d", status).isTrue();
        }
    }

    @Test
    void findsTheLastLinesOfStderrOnce() {
        String words = """
                [2026-01-01 00:00:00.001]Exception from container-launch.
                Exit code: 3

                [2026-01-01 00:00:00.002]Container exited with a non-zero exit code 3. Error file: prelaunch.err.
                Last 4096 bytes of prelaunch.err :
                Last 4096 bytes of stderr :
                first line

                replica: out of luck


                [2026-01-01 00:00:00.002]Container exited with a non-zero exit code 3. Error file: prelaunch.err.
                Last 4096 bytes of stderr :
                first line
                replica: out of luck
                """;

        Ending ending = Endings.of(3, words);

        assertThat(ending.lastLines()).containsExactly("first line", "replica: out of luck");
        assertThat(ending.reason()).isEqualTo("replica: out of luck");
    }

    @Test
    void saysWhatMemoryHasToDoWithIt() {
        assertThat(Endings.of(-104, "Container is running beyond physical memory limits")
                        .reason())
                .contains("raise 'memory'", "beyond physical memory limits");
        assertThat(Endings.of(137, "").reason()).contains("signal 9");
    }
}
