package org.distbelief.appmaster.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a start went.
 *
 * @param alreadyRunning whether it ran before, so that nothing was started
 * @param took how long the start took; zero if nothing was started
 * @param status the cluster afterwards
 * @param notes what the user should know besides, a sentence each
 */
public record StartReport(boolean alreadyRunning, Duration took, ClusterStatus status, List<String> notes) {
    /** Copies the list. */
    public StartReport {
        notes = List.copyOf(notes);
    }

    /** The report for people, a line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (alreadyRunning) {
            lines.add("The local cluster is already running.");
        } else {
            lines.add(String.format(
                    java.util.Locale.ROOT, "The local cluster is ready after %.1f s.", took.toMillis() / 1000.0));
        }
        lines.addAll(notes);
        List<String> rows = status.lines();
        lines.addAll(rows.subList(1, rows.size()));
        return lines;
    }
}
