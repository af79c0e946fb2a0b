package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    private static final Instant THEN = Instant.parse("2024-05-01T10:00:00Z");
    private static final String MARKER = "-Ddistbelief.local.daemon=namenode@/x";

    private final ProcessTable processes = new ProcessTable();

    @Test
    void aProcessIsTheRecordedOneIfTimeAndCommandAgree() {
        assertThat(ProcessTable.isSame(record(1, THEN), view(THEN.plusMillis(900), "java", MARKER)))
                .isTrue();
    }

    @Test
    void aLaterProcessOfTheSameNumberIsAnother() {
        assertThat(ProcessTable.isSame(record(1, THEN), view(THEN.plusSeconds(60), "java", MARKER)))
                .isFalse();
    }

    @Test
    void aProcessWithAnotherCommandIsAnother() {
        assertThat(ProcessTable.isSame(record(1, THEN), view(THEN, "java", "-Dsomething=else")))
                .isFalse();
    }

    @Test
    void theTimeDecidesWhereTheCommandIsNotTold() {
        assertThat(ProcessTable.isSame(record(1, THEN), view(THEN))).isTrue();
        assertThat(ProcessTable.isSame(record(1, THEN), view(THEN.plusSeconds(60))))
                .isFalse();
    }

    @Test
    void thisProgramIsNeverTakenForADaemon() {
        ProcessHandle self = ProcessHandle.current();
        assertThat(processes.find(record(self.pid(), THEN))).isEmpty();
    }

    @Test
    void aProcessIsFoundWhileItRunsAndHasMemory() throws Exception {
        Path shell = Path.of("/bin/sh");
        Assumptions.assumeTrue(Files.isExecutable(shell), "there is no /bin/sh to start");
        Process process = new ProcessBuilder(shell.toString(), "-c", "read line; exit 0", MARKER).start();
        DaemonRecord record = record(process.pid(), ProcessTable.started(process.toHandle()));

        assertThat(processes.find(record)).isPresent();
        if (Files.isDirectory(Path.of("/proc/self"))) {
            assertThat(processes.residentBytes(process.pid()).orElse(0)).isPositive();
        }
        process.getOutputStream().close();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(processes.find(record)).isEmpty();
    }

    private static ProcessTable.View view(Instant started, String... arguments) {
        return new ProcessTable.View(started, List.of(arguments));
    }

    private static DaemonRecord record(long pid, Instant started) {
        return new DaemonRecord("namenode", "NameNode", 0, pid, started, MARKER, "localhost:8020", "");
    }
}
