package org.distbelief.appmaster.submit.console;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.jspecify.annotations.Nullable;

/**
 * One line that is written over again and again. While the job works through examples or iterations it is a progress
 * bar, drawn when a snapshot comes; what the bar's own timer would draw between is passed over.
 */
final class LiveLine implements ProgressLine.Display {
    private static final int NEVER_MILLIS = Integer.MAX_VALUE;

    private final PrintStream out;
    private final int columns;

    /** What stands on the line now. */
    private String shown = "";

    /** Whose call draws now; the bar's timer runs in a thread of its own. */
    private volatile @Nullable Thread owner;

    private @Nullable ProgressBar bar;
    private @Nullable BarText barText;

    LiveLine(PrintStream out, int columns) {
        this.out = out;
        // A full last column would make some terminals begin a new line.
        this.columns = columns - 1;
    }

    /** Whether the job is at work on a known number of examples or iterations, so that a bar says something. */
    static boolean works(JobSnapshot job) {
        boolean working = job.state() == JobState.TRAINING
                || (job.state() == JobState.EVALUATING && !job.kind().equals("train"));
        return working && Amount.of(job).total() > 0;
    }

    /** A state as a word: {@code Training}. */
    static String word(JobState state) {
        String name = state.name().toLowerCase(Locale.ROOT);
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    @Override
    public void show(JobSnapshot job) {
        if (works(job) || (job.state() == JobState.SUCCEEDED && bar != null)) {
            drawBar(job);
            return;
        }
        finishBar();
        String waited = word(job.state()) + " " + Figures.duration(StatusText.elapsedSeconds(job));
        write(job.state().ended() ? "" : waited + "  " + TerminalText.clean(job.message()));
    }

    @Override
    public void print(List<String> lines) {
        String below = shown;
        write("");
        for (String line : lines) {
            for (String part : TerminalText.wrap(line, columns, 2, true)) {
                out.print(part + "\n");
            }
        }
        write(below);
    }

    @Override
    public void end() {
        finishBar();
        if (!shown.isEmpty()) {
            out.print("\n");
            shown = "";
        }
        out.flush();
    }

    private void drawBar(JobSnapshot job) {
        Amount amount = Amount.of(job);
        ProgressBar drawn = bar;
        BarText text = barText;
        if (drawn == null || text == null) {
            text = new BarText(job);
            drawn = ProgressBar.builder()
                    .setTaskName(word(job.state()))
                    .setInitialMax(amount.total())
                    .setUpdateIntervalMillis(NEVER_MILLIS)
                    .continuousUpdate()
                    .setRenderer(text)
                    .setConsumer(new DelegatingProgressBarConsumer(this::writeBar, columns))
                    .build();
            bar = drawn;
            barText = text;
        }
        text.show(job);
        drawn.maxHint(amount.total());
        drawn.stepTo(Math.min(amount.done(), amount.total()));
        owner = Thread.currentThread();
        drawn.refresh();
        owner = null;
    }

    private void finishBar() {
        if (bar != null) {
            bar.close();
            bar = null;
            barText = null;
            out.print("\n");
            shown = "";
        }
    }

    private void writeBar(String text) {
        if (Thread.currentThread() == owner) {
            write(text);
        }
    }

    private void write(String text) {
        String line = TerminalText.cut(text.stripTrailing(), columns);
        if (line.isEmpty() && shown.isEmpty()) {
            return;
        }
        int over = TerminalText.width(shown) - TerminalText.width(line);
        out.print("\r" + line + (over > 0 ? " ".repeat(over) : "") + (line.isEmpty() ? "\r" : ""));
        out.flush();
        shown = line;
    }
}
