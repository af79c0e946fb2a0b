package org.distbelief.appmaster.submit.console;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;
import org.distbelief.appmaster.status.JobSnapshot;

/**
 * What stands around the bar. The figures are the snapshot's own: the rate over the last seconds and the job's estimate
 * of the time left, not what the bar has seen. On a narrow terminal the less important ones go, and the bar stays.
 */
final class BarText extends DefaultProgressBarRenderer {
    /** What the bar itself should have at least. */
    private static final int BAR = 5;

    private static final String SEPARATOR = ", ";
    private static final String FULL = " 100% [";

    private static final Pattern ELAPSED = Pattern.compile(" \\(\\d+:\\d\\d:\\d\\d\\)");

    private static final int WIDE = 110;

    /** From here on there is room for whole words. */
    private static final int ROOMY = 70;

    private volatile JobSnapshot job;
    private volatile int columns;

    BarText(JobSnapshot job) {
        super(
                ProgressBarStyle.ASCII,
                "",
                1,
                true,
                new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT)),
                ChronoUnit.SECONDS,
                false,
                progress -> Optional.empty());
        this.job = job;
    }

    void show(JobSnapshot newer) {
        job = newer;
    }

    @Override
    public String render(ProgressState progress, int maxLength) {
        columns = maxLength;
        // The elapsed time is always drawn, by the machine's clock; the line has better use for its place.
        int elapsed = (" (" + progress.getTotalElapsed().toHours() + ":00:00)").length();
        return ELAPSED.matcher(super.render(progress, maxLength + elapsed)).replaceFirst("");
    }

    @Override
    protected String ratio(ProgressState progress) {
        Amount amount = Amount.of(job);
        String text = columns >= WIDE
                ? Figures.count(amount.done()) + "/" + Figures.count(amount.total())
                : Figures.shortCount(amount.done()) + "/" + Figures.shortCount(amount.total());
        return job.sandblaster() == null ? text : text + (columns >= ROOMY ? " iterations" : " it.");
    }

    @Override
    protected String speed(ProgressState progress) {
        List<String> parts = new ArrayList<>();
        boolean iterates = job.sandblaster() != null;
        if (!iterates) {
            parts.add(Figures.rate(job.examplesPerSecond()));
        }
        if (job.loss() != null) {
            parts.add("loss " + Figures.decimal(job.loss()));
        }
        if (job.secondsLeft() != null) {
            parts.add(Figures.duration(job.secondsLeft()) + " left");
        }
        if (job.epochs() > 0) {
            parts.add("epoch " + job.epoch() + "/" + job.epochs());
        }
        if (iterates) {
            parts.add(Figures.rate(job.examplesPerSecond()));
        }
        int frame = (progress.getTaskName() + FULL + "] " + ratio(progress) + " ").length();
        while (parts.size() > 1 && String.join(SEPARATOR, parts).length() > columns - frame - BAR) {
            parts.remove(parts.size() - 1);
        }
        return String.join(SEPARATOR, parts);
    }
}
