package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
    @TempDir
    private Path directory;

    @Test
    void givesTheLastLines() throws Exception {
        Path log = Files.write(directory.resolve("log"), List.of("1", "2", "3"));
        assertThat(new LogTail(log, 0).last(2)).containsExactly("2", "3");
        assertThat(new LogTail(log, 0).last(9)).containsExactly("1", "2", "3");
        assertThat(new LogTail(directory.resolve("absent"), 0).last(2)).isEmpty();
    }

    @Test
    void leavesOutWhatWasThereBefore() throws Exception {
        Path log = Files.write(directory.resolve("log"), List.of("yesterday"));
        LogTail tail = LogTail.fromNow(log);
        Files.write(log, List.of("today"), StandardOpenOption.APPEND);
        assertThat(tail.last(5)).containsExactly("today");
        Files.write(log, List.of("new"));
        assertThat(tail.last(5)).as("after the log was rolled over").containsExactly("new");
    }

    @Test
    void picksOutTheReasons() throws Exception {
        Path log = Files.write(
                directory.resolve("log"),
                List.of(
                        "12:00 INFO a: fine",
                        "12:01 ERROR b: failed",
                        "\tat x.y(Z.java)",
                        "Caused by: java.net.BindException: in use",
                        "12:02 INFO c: SHUTDOWN",
                        "12:03 WARN d: unexpected",
                        "java.lang.IllegalStateException: unusual",
                        "Caused by: java.net.BindException: in use"));
        assertThat(new LogTail(log, 0).reasons(3))
                .containsExactly(
                        "12:01 ERROR b: failed",
                        "Caused by: java.net.BindException: in use",
                        "java.lang.IllegalStateException: unusual");
    }
}
