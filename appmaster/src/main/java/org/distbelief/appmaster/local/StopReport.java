package org.distbelief.appmaster.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a stop went.
 *
 * @param daemons what became of each daemon; empty if none was recorded
 * @param containers how many processes of containers had outlived their NodeManager and were ended
 * @param took how long it took
 */
public record StopReport(List<Stopped> daemons, int containers, Duration took) {
    /** What became of a daemon. */
    public enum Outcome {
        /** It ended when asked. */
        STOPPED,
        /** It did not end when asked, and was killed. */
        KILLED,
        /** It was gone before. */
        WAS_DEAD
    }

    /**
     * A daemon and what became of it.
     *
     * @param title its name for people
     * @param pid the number of its process
     * @param outcome what became of it
     */
    public record Stopped(String title, long pid, Outcome outcome) {}

    /** Copies the list. */
    public StopReport {
        daemons = List.copyOf(daemons);
    }

    /** Whether nothing ran. */
    public boolean wasNotRunning() {
        return daemons.stream().allMatch(daemon -> daemon.outcome() == Outcome.WAS_DEAD);
    }

    /** The report for people, a line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (wasNotRunning()) {
            lines.add("The local cluster was not running.");
        } else {
            lines.add(String.format(Locale.ROOT, "The local cluster has stopped (%.1f s).", took.toMillis() / 1000.0));
        }
        for (Stopped daemon : daemons) {
            if (daemon.outcome() == Outcome.KILLED) {
                lines.add("  " + daemon.title() + " (process " + daemon.pid()
                        + ") did not end when asked and was killed.");
            } else if (daemon.outcome() == Outcome.WAS_DEAD && !wasNotRunning()) {
                lines.add("  " + daemon.title() + " (process " + daemon.pid() + ") had ended before.");
            }
        }
        if (containers > 0) {
            lines.add("  " + containers + " processes of containers had outlived their NodeManager and were ended.");
        }
        return lines;
    }
}
