package org.distbelief.appmaster.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The local cluster, as it was found.
 *
 * @param daemons the daemons of the last start; empty if it was stopped since, or never started
 * @param conf the directory of the client configuration
 */
public record ClusterStatus(List<DaemonStatus> daemons, Path conf) {
    /** What is said when it does not run. */
    public static final String HOW_TO_START =
            "The local cluster is not running. Start it with: bin/distbelief cluster" + " start";

    /** How much of the cluster runs. */
    public enum State {
        /** Every daemon runs and answers. */
        RUNNING(0),
        /** Some daemons run. */
        PARTLY(1),
        /** No daemon runs. */
        STOPPED(3);

        private final int exitStatus;

        State(int exitStatus) {
            this.exitStatus = exitStatus;
        }
    }

    /** Copies the list. */
    public ClusterStatus {
        daemons = List.copyOf(daemons);
    }

    /** How much of the cluster runs. */
    public State state() {
        if (daemons.stream().allMatch(daemon -> daemon.state() == DaemonStatus.State.DEAD)) {
            return State.STOPPED;
        }
        return daemons.stream().allMatch(daemon -> daemon.state() == DaemonStatus.State.RUNNING)
                ? State.RUNNING
                : State.PARTLY;
    }

    /** What {@code cluster status} exits with: 0 when all runs, 1 when a part does, 3 when nothing does. */
    public int exitStatus() {
        return state().exitStatus;
    }

    /** The memory that the daemons hold together, in bytes, as far as the system tells. */
    public long residentBytes() {
        return daemons.stream()
                .mapToLong(daemon -> daemon.residentBytes().orElse(0))
                .sum();
    }

    /** The status for people, a line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        switch (state()) {
            case RUNNING -> lines.add("The local cluster is running (" + megabytes(residentBytes()) + " in memory).");
            case PARTLY ->
                lines.add("The local cluster runs only in part. Start it anew with: bin/distbelief cluster" + " start");
            case STOPPED -> {
                lines.add(HOW_TO_START);
                if (!daemons.isEmpty()) {
                    lines.add("It ended without being stopped; the logs are in "
                            + daemons.get(0).log().getParent());
                }
                return lines;
            }
        }
        String format = "  %-18s %-13s %8s %8s  %-16s %s";
        lines.add(row(format, "DAEMON", "STATE", "PID", "MEMORY", "ADDRESS", "WEB PAGE"));
        for (DaemonStatus daemon : daemons) {
            String memory = daemon.residentBytes().isPresent()
                    ? megabytes(daemon.residentBytes().getAsLong())
                    : "";
            String page = daemon.state() == DaemonStatus.State.DEAD ? "see " + daemon.log() : daemon.webPage();
            lines.add(row(format, daemon.title(), daemon.state().word(), daemon.pid(), memory, daemon.address(), page));
        }
        lines.add("  Client configuration: " + conf);
        return lines;
    }

    private static String row(String format, Object... cells) {
        return String.format(Locale.ROOT, format, cells).stripTrailing();
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }
}
