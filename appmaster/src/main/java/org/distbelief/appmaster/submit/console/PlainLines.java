package org.distbelief.appmaster.submit.console;

import java.io.PrintStream;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.jspecify.annotations.Nullable;

/** Lines for a file or a pipe: at each change of state, and now and then between. */
final class PlainLines implements ProgressLine.Display {
    private static final long WORKING_MILLIS = 5_000;
    private static final long NEW_MESSAGE_MILLIS = 2_000;
    private static final long SAME_MESSAGE_MILLIS = 30_000;

    private final PrintStream out;
    private @Nullable JobState state;
    private String message = "";
    private long atMillis;

    PlainLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(JobSnapshot job) {
        if (job.state().ended()) {
            return;
        }
        boolean working = LiveLine.works(job);
        long patience =
                working ? WORKING_MILLIS : job.message().equals(message) ? SAME_MESSAGE_MILLIS : NEW_MESSAGE_MILLIS;
        if (job.state() == state && job.nowMillis() - atMillis < patience) {
            return;
        }
        state = job.state();
        message = job.message();
        atMillis = job.nowMillis();
        String what = working ? StatusText.progress(job) : TerminalText.clean(message);
        print(List.of(
                Figures.duration(StatusText.elapsedSeconds(job)) + "  " + LiveLine.word(job.state()) + "  " + what));
    }

    @Override
    public void print(List<String> lines) {
        for (String line : lines) {
            out.print(line + "\n");
        }
        out.flush();
    }

    @Override
    public void end() {
        out.flush();
    }
}
