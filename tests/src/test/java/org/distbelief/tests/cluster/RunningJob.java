package org.distbelief.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SnapshotJson;

/** Watches a submitted job through YARN and its web page, and kills its processes. */
final class RunningJob implements AutoCloseable {
    private static final Duration BOUND = Duration.ofMinutes(4);

    private final Commands commands;
    private final ApplicationId id;
    private final YarnClient yarn;

    RunningJob(Commands commands, String application) {
        this.commands = commands;
        this.id = ApplicationId.fromString(application);
        this.yarn = YarnClient.createYarnClient();
        yarn.init(commands.conf());
        yarn.start();
    }

    /** Waits until the job's page shows something. */
    JobSnapshot until(String what, Predicate<JobSnapshot> condition) throws Exception {
        long deadline = System.nanoTime() + BOUND.toNanos();
        Optional<JobSnapshot> last = Optional.empty();
        while (System.nanoTime() < deadline) {
            ApplicationReport report = yarn.getApplicationReport(id);
            assertThat(ended(report))
                    .as("the job ended before %s: %s %s", what, report.getDiagnostics(), last)
                    .isFalse();
            last = snapshot(report);
            if (last.isPresent() && condition.test(last.get())) {
                return last.get();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("not within " + BOUND + ": " + what + "; last seen: " + last);
    }

    /** Waits for the end and returns the job's last words. */
    JobSnapshot end() throws Exception {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!ended(yarn.getApplicationReport(id))) {
            assertThat(System.nanoTime()).as("the job ends within %s", BOUND).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return commands.history(id.toString());
    }

    private static boolean ended(ApplicationReport report) {
        YarnApplicationState state = report.getYarnApplicationState();
        return state == YarnApplicationState.FINISHED
                || state == YarnApplicationState.FAILED
                || state == YarnApplicationState.KILLED;
    }

    private static Optional<JobSnapshot> snapshot(ApplicationReport report) {
        if (report.getYarnApplicationState() != YarnApplicationState.RUNNING) {
            return Optional.empty();
        }
        String page = report.getOriginalTrackingUrl();
        try (InputStream in = URI.create(page).resolve("/api/job").toURL().openStream()) {
            return Optional.of(new SnapshotJson().read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Kills the Java process of a container as {@code kill -9} does. */
    static void kill(String container) throws IOException {
        List<ProcessHandle> found = processes(container);
        assertThat(found).as("processes of %s", container).isNotEmpty();
        found.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> processes(String container) throws IOException {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> {
                        List<String> line = commandLine(process.pid());
                        return !line.isEmpty()
                                && line.get(0).endsWith("java")
                                && line.stream().anyMatch(word -> word.contains(container));
                    })
                    .toList();
        }
    }

    private static List<String> commandLine(long pid) {
        try {
            return List.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() throws IOException, YarnException {
        try (YarnClient client = yarn) {
            if (!ended(client.getApplicationReport(id))) {
                client.killApplication(id);
            }
        }
    }
}
