package org.distbelief.appmaster.submit.console;

import java.io.PrintStream;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;

/**
 * Shows how a running job gets on. On a terminal one live line: a bar with examples or iterations done, examples per
 * second, loss, time left and epoch while it trains, and otherwise what it is doing or waiting for; failures and
 * restarts are printed above it. Elsewhere a plain line every few seconds, by the snapshots' own clock.
 *
 * <p>No line is wider than the terminal, and text from the job can't drive the terminal. Calls come from one thread.
 */
public final class ProgressLine implements AutoCloseable {
    private static final int UNKNOWN_WIDTH = 80;
    private static final int NARROWEST = 10;

    /** Where lines go. */
    interface Display {
        /** Shows where the job stands; its last state may be ended. */
        void show(JobSnapshot job);

        /** Prints lines that stay, above whatever is live. */
        void print(List<String> lines);

        /** Leaves the cursor at the beginning of a line. */
        void end();
    }

    private final Display display;
    private final EventNews news = new EventNews();
    private boolean ended;

    /**
     * A line on a stream.
     *
     * @param out flushed after every line; not closed
     * @param terminal whether a person looks at {@code out} on a terminal, where a carriage return goes back to the
     *     line's beginning
     * @param columns the terminal's width; 0 or less where it is not known, then 80
     */
    public ProgressLine(PrintStream out, boolean terminal, int columns) {
        int width = Math.max(NARROWEST, columns > 0 ? columns : UNKNOWN_WIDTH);
        display = terminal ? new LiveLine(out, width) : new PlainLines(out);
    }

    /**
     * Shows a newer snapshot. After one that has ended nothing more is shown; the end itself is left to
     * {@link Summary}.
     */
    public void update(JobSnapshot job) {
        if (ended) {
            return;
        }
        List<String> lines = news.since(job);
        if (!lines.isEmpty()) {
            display.print(lines);
        }
        display.show(job);
        if (job.state().ended()) {
            close();
        }
    }

    /** Leaves the last line as it stands and the cursor below it. A second call does nothing. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            display.end();
        }
    }
}
