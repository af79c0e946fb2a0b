package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.Failure;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.appmaster.status.SandblasterWork;
import org.jspecify.annotations.Nullable;

/** The end of a job in a few lines: its result and where it lies, or the reason why there is none. */
public final class Summary {
    private Summary() {}

    /**
     * The text, ending with a line feed.
     *
     * @param job a job that has ended
     * @param webAddress address of the job's page or of YARN's page about it; null if there is none
     * @param columns the terminal's width, at least 2; prose is wrapped, and only a path or an address that is longer
     *     than a line stays whole, so that it can be copied
     * @throws IllegalArgumentException if the job has not ended
     */
    public static String of(JobSnapshot job, @Nullable String webAddress, int columns) {
        if (!job.state().ended()) {
            throw new IllegalArgumentException("The summary of " + job.application()
                    + " needs a snapshot of its end, and found it " + job.state());
        }
        List<String> lines = new ArrayList<>();
        String end = job.state().name().toLowerCase(Locale.ROOT);
        String title =
                (job.kind().equals("train") ? "Training " : "Evaluation ") + job.name() + " (" + job.application()
                        + ") " + (job.state() == JobState.KILLED ? "was killed" : end) + " after "
                        + Figures.duration(StatusText.elapsedSeconds(job));
        lines.addAll(TerminalText.wrap(TerminalText.clean(title), columns, 2, false));
        if (job.state() != JobState.SUCCEEDED) {
            fact(lines, columns, "Reason", job.message());
            if (job.failure() != null) {
                failure(lines, columns, job.failure());
            }
        }
        if (job.evaluation() != null) {
            fact(lines, columns, "Result", StatusText.evaluation(job.evaluation()));
        }
        if (job.kind().equals("train")) {
            fact(lines, columns, "Trained", trained(job));
            if (job.sandblaster() != null && job.sandblaster().ended() != null) {
                fact(lines, columns, "Stopped", job.sandblaster().ended());
            }
        }
        if (job.model() != null) {
            fact(lines, columns, "Model", job.model());
        }
        if (job.state() != JobState.SUCCEEDED && job.checkpoint() != null) {
            fact(
                    lines,
                    columns,
                    "Checkpoint",
                    StatusText.checkpointPlace(job, job.checkpoint()) + "; train --resume continues from it");
        }
        fact(lines, columns, "Output", job.output());
        if (webAddress != null) {
            fact(lines, columns, "Web page", webAddress);
        }
        return String.join("\n", lines) + "\n";
    }

    private static void failure(List<String> lines, int columns, Failure failure) {
        fact(
                lines,
                columns,
                "Container",
                failure.container() + ", " + failure.role() + (failure.host() == null ? "" : ", on " + failure.host()));
        fact(lines, columns, "Exit status", failure.exitStatus() + ", " + failure.reason());
        if (!failure.lastLines().isEmpty()) {
            lines.add("Last lines of its stderr:");
            for (String line : failure.lastLines()) {
                for (String part : TerminalText.cleanLines(line)) {
                    lines.addAll(TerminalText.chop("    " + part, columns));
                }
            }
        }
        if (failure.log() != null) {
            fact(lines, columns, "Its log", failure.log());
        }
    }

    private static String trained(JobSnapshot job) {
        long seconds = Math.max(1, StatusText.elapsedSeconds(job));
        SandblasterWork batches = job.sandblaster();
        if (batches != null) {
            return SandblasterText.trained(batches, seconds);
        }
        String text = Figures.count(job.examplesDone());
        if (job.examplesDone() != job.examplesTotal()) {
            text += " of " + Figures.count(job.examplesTotal());
        }
        text += " examples, epoch " + job.epoch() + " of " + job.epochs() + ", "
                + Figures.rate((double) job.examplesDone() / seconds) + " from start to end";
        return job.loss() == null ? text : text + ", training loss " + Figures.decimal(job.loss());
    }

    private static void fact(List<String> lines, int columns, String label, String text) {
        StatusText.fact(lines, columns, label, text);
    }
}
