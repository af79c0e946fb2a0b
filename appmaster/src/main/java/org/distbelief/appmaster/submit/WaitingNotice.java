package org.distbelief.appmaster.submit;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;

/** Says what an application waits for before its ApplicationMaster runs, when that takes more than a moment. */
final class WaitingNotice {
    private static final long PATIENCE_SECONDS = 4;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long start;
    private String shown = "";

    WaitingNotice(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    void update(ApplicationReport report) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
        YarnApplicationState state = report.getYarnApplicationState();
        if (seconds < PATIENCE_SECONDS || state == YarnApplicationState.RUNNING || JobFollower.ended(state)) {
            return;
        }
        String words = report.getDiagnostics() == null
                ? ""
                : report.getDiagnostics().lines().findFirst().orElse("").strip();
        String text = "Waiting for the ApplicationMaster's container in queue " + report.getQueue()
                + (words.isEmpty() ? "" : ": " + words);
        if (!text.equals(shown)) {
            out.println(text);
            shown = text;
        }
    }
}
