package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonRecordTest {
    @TempDir
    private Path run;

    private static DaemonRecord record(String name, int order) {
        return new DaemonRecord(
                name,
                "Title",
                order,
                4711,
                Instant.ofEpochMilli(1_700_000_000_123L),
                "-Dm=" + name,
                "localhost:8020",
                "");
    }

    @Test
    void recordsAreReadInTheirOrder() throws Exception {
        DaemonRecord first = record("zookeeper", 0);
        DaemonRecord second = record("datanode", 1);
        second.write(run);
        first.write(run);
        assertThat(DaemonRecord.readAll(run)).containsExactly(first, second);
        first.delete(run);
        assertThat(DaemonRecord.readAll(run)).containsExactly(second);
    }

    @Test
    void noDirectoryMeansNoRecords() throws Exception {
        assertThat(DaemonRecord.readAll(run.resolve("absent"))).isEqualTo(List.of());
    }

    @Test
    void knowsThePortOfItsClients() {
        assertThat(record("namenode", 0).port()).isEqualTo(8020);
    }

    @Test
    void damageIsReportedWithFileKeyAndAdvice() throws Exception {
        record("namenode", 0).write(run);
        Path file = run.resolve("namenode.daemon");
        Files.writeString(file, Files.readString(file).replace("pid=4711", "pid=47 11"));
        assertThatThrownBy(() -> DaemonRecord.readAll(run))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("pid, found '47 11'")
                .hasMessageContaining("delete the file");
        Files.writeString(file, "name=namenode\n");
        assertThatThrownBy(() -> DaemonRecord.readAll(run)).hasMessageContaining("no value for title");
    }
}
