package org.distbelief.appmaster.local;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stop of the local cluster: the NodeManagers first, since they end their containers and put away logs, then the
 * rest at once. What does not end when asked is killed.
 */
final class ClusterStop {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private final LocalClusterLayout layout;
    private final ProcessTable processes;
    private final Waiting waiting;
    private final Map<String, StopReport.Outcome> outcomes = new HashMap<>();

    ClusterStop(LocalClusterLayout layout, ProcessTable processes, Waiting waiting) {
        this.layout = layout;
        this.processes = processes;
        this.waiting = waiting;
    }

    /** Stops every recorded daemon that is alive, and forgets the records. */
    StopReport run() throws IOException, InterruptedException {
        long start = waiting.now();
        List<DaemonRecord> records = DaemonRecord.readAll(layout.run());
        end(records.stream().filter(ClusterStop::isNodeManager).toList());
        int containers = endStrayContainers();
        end(records.stream().filter(record -> !isNodeManager(record)).toList());
        List<StopReport.Stopped> stopped = new ArrayList<>();
        for (DaemonRecord record : records) {
            record.delete(layout.run());
            StopReport.Outcome outcome = outcomes.getOrDefault(record.name(), StopReport.Outcome.WAS_DEAD);
            stopped.add(new StopReport.Stopped(record.title(), record.pid(), outcome));
        }
        return new StopReport(stopped, containers, Duration.ofNanos(waiting.now() - start));
    }

    private static boolean isNodeManager(DaemonRecord record) {
        return record.name().startsWith("nodemanager-");
    }

    private void end(List<DaemonRecord> records) throws IOException, InterruptedException {
        for (DaemonRecord record : records) {
            processes.find(record).ifPresent(process -> {
                outcomes.put(record.name(), StopReport.Outcome.STOPPED);
                process.destroy();
            });
        }
        if (waiting.until(() -> gone(records), GRACE)) {
            return;
        }
        for (DaemonRecord record : records) {
            processes.find(record).ifPresent(process -> {
                outcomes.put(record.name(), StopReport.Outcome.KILLED);
                process.destroyForcibly();
            });
        }
        if (!waiting.until(() -> gone(records), AFTER_KILL)) {
            List<String> left = records.stream()
                    .filter(record -> processes.find(record).isPresent())
                    .map(record -> record.title() + " (process " + record.pid() + ")")
                    .toList();
            throw new LocalClusterException("Could not end " + String.join(", ", left)
                    + ", although killed. It probably waits for a disk; try again later.");
        }
    }

    private boolean gone(List<DaemonRecord> records) {
        return records.stream().map(processes::find).noneMatch(Optional::isPresent);
    }

    private int endStrayContainers() throws InterruptedException {
        StrayContainers strays = new StrayContainers(layout.data());
        List<ProcessHandle> found = strays.find();
        found.forEach(ProcessHandle::destroyForcibly);
        waiting.until(() -> found.stream().noneMatch(processes::runs), AFTER_KILL);
        return found.size();
    }
}
