package org.distbelief.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.status.SnapshotJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job's last words on HDFS. */
@ExtendWith(ClusterExtension.class)
@Timeout(120)
class HistoryIT {
    private static final String APPLICATION = "application_1700000000000_0042";
    private static final int WRITES = 50;

    private final Commands commands;

    HistoryIT(Commands commands) {
        this.commands = commands;
    }

    @Test
    void theMasterAndTheCommandThatKillsItMayWriteAtTheSameTime() throws Exception {
        Path output = commands.fs().makeQualified(new Path("models/killed"));
        String master = "the ResourceManager asked the ApplicationMaster to shut down";
        String command = "killed by its user";
        write(master, Optional.of(output));

        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> writers = new ArrayList<>();
            writers.add(threads.submit(() -> repeat(master, Optional.of(output))));
            writers.add(threads.submit(() -> repeat(command, Optional.empty())));
            writers.add(threads.submit(() -> repeat(command, Optional.empty())));
            for (Future<?> writer : writers) {
                while (!writer.isDone()) {
                    assertThat(read().message()).isIn(master, command);
                }
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }

        write("written last", Optional.of(output));
        assertThat(read().state()).isEqualTo(JobState.KILLED);
        assertThat(read().message()).isEqualTo("written last");
        assertThat(names(new Path(".distbelief/history"))).containsExactly(APPLICATION + ".json");
        assertThat(names(new Path(output, "history"))).containsExactly(APPLICATION + ".json");
    }

    private Void repeat(String message, Optional<Path> output) throws IOException {
        for (int i = 0; i < WRITES; i++) {
            write(message, output);
        }
        return null;
    }

    private void write(String message, Optional<Path> output) throws IOException {
        JobSnapshot running =
                new SnapshotJson().read("{\"application\": \"" + APPLICATION + "\", \"state\": \"TRAINING\"}");
        new HistoryStore(commands.conf()).write(running.ended(JobState.KILLED, message), output);
    }

    private JobSnapshot read() throws IOException {
        return commands.history(APPLICATION);
    }

    /** What lies there and belongs to this application, hidden files too. */
    private List<String> names(Path directory) throws IOException {
        return Arrays.stream(commands.fs().listStatus(directory))
                .map(FileStatus::getPath)
                .map(Path::getName)
                .filter(name -> name.contains(APPLICATION))
                .toList();
    }
}
