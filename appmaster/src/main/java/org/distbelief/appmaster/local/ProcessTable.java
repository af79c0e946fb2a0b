package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The operating system's processes, as far as daemons are concerned. A record counts as alive only if the process of
 * that number is the one that was recorded: its start time agrees and, where the system tells the command line, the
 * daemon's marker is in it. So a number that was given to another process is never taken for a daemon.
 */
final class ProcessTable {
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    private static final Path PROC = Path.of("/proc");

    /** What the system says of a process; an empty list if its command line is not to be had. */
    record View(Instant started, List<String> arguments) {}

    /** The recorded process if it is still the same one and runs. */
    Optional<ProcessHandle> find(DaemonRecord record) {
        return ProcessHandle.of(record.pid()).filter(this::runs).filter(handle -> isSame(record, view(handle)));
    }

    /** Whether a process has not ended yet. */
    boolean runs(ProcessHandle handle) {
        return handle.isAlive() && !isZombie(handle.pid());
    }

    /** Whether a process with these properties is the one recorded. */
    static boolean isSame(DaemonRecord record, View view) {
        boolean sameTime =
                Duration.between(record.started(), view.started()).abs().compareTo(TOLERANCE) <= 0;
        boolean sameCommand = view.arguments().isEmpty() || view.arguments().contains(record.marker());
        return sameTime && sameCommand;
    }

    /** When a process started, by the system's account. */
    static Instant started(ProcessHandle handle) {
        return handle.info().startInstant().orElse(Instant.EPOCH);
    }

    /** Resident memory in bytes, where the system tells it. */
    OptionalLong residentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    String kilobytes =
                            line.substring("VmRSS:".length()).replace("kB", "").strip();
                    return OptionalLong.of(Long.parseLong(kilobytes) * 1024);
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    private static View view(ProcessHandle handle) {
        return new View(started(handle), handle.info().arguments().map(List::of).orElse(List.of()));
    }

    /** Whether the process has ended and only waits for its parent (which may never ask) to take note of it. */
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            int afterName = stat.lastIndexOf(')');
            return afterName >= 0 && stat.startsWith("Z", afterName + 2);
        } catch (IOException unknown) {
            return false;
        }
    }
}
