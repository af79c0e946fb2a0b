package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SnapshotJson;
import org.distbelief.conf.Sizes;

/** Watches an application until it ends. */
final class JobFollower {
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final int HTTP_MILLIS = 3_000;
    private static final int MOST_BYTES = 64 << 20;

    private final Configuration conf;
    private final YarnClient yarn;
    private final SnapshotJson json = new SnapshotJson();

    /**
     * What is known of an application.
     *
     * @param report YARN's report
     * @param snapshot the job's own latest words, if any
     */
    record View(ApplicationReport report, Optional<JobSnapshot> snapshot) {}

    JobFollower(Configuration conf, YarnClient yarn) {
        this.conf = conf;
        this.yarn = yarn;
    }

    /**
     * Follows an application to its end.
     *
     * @param allocationTimeout how long it may wait for its ApplicationMaster before it is killed
     * @param listener told about twice a second
     * @return the last view
     */
    View follow(ApplicationId id, Duration allocationTimeout, Consumer<View> listener)
            throws IOException, YarnException, InterruptedException {
        long waitingSince = System.nanoTime();
        while (true) {
            View view = view(id);
            listener.accept(view);
            YarnApplicationState state = view.report().getYarnApplicationState();
            if (ended(state)) {
                if (view.report().getFinalApplicationStatus() != FinalApplicationStatus.SUCCEEDED) {
                    new CleanUp(conf).after(id);
                }
                return view;
            }
            if (state == YarnApplicationState.RUNNING) {
                // Another attempt of the ApplicationMaster may have to wait again.
                waitingSince = System.nanoTime();
            }
            if (System.nanoTime() - waitingSince > allocationTimeout.toNanos()) {
                yarn.killApplication(id);
                throw CommandException.unavailable("no container for the ApplicationMaster within "
                        + Sizes.text(allocationTimeout) + " (cluster.allocationTimeout); " + id
                        + " was killed. YARN says: " + view.report().getDiagnostics());
            }
            Thread.sleep(PERIOD.toMillis());
        }
    }

    /** What is known of an application now: from its ApplicationMaster, else from its history. */
    View view(ApplicationId id) throws IOException, YarnException {
        ApplicationReport report = yarn.getApplicationReport(id);
        Optional<JobSnapshot> snapshot = report.getYarnApplicationState() == YarnApplicationState.RUNNING
                ? ask(report.getTrackingUrl())
                : Optional.empty();
        if (ended(report.getYarnApplicationState())) {
            snapshot = new HistoryStore(conf).read(id.toString());
        }
        return new View(report, snapshot);
    }

    static boolean ended(YarnApplicationState state) {
        return state == YarnApplicationState.FINISHED
                || state == YarnApplicationState.FAILED
                || state == YarnApplicationState.KILLED;
    }

    /** The job's snapshot through YARN's proxy; empty while it doesn't answer. */
    private Optional<JobSnapshot> ask(String trackingUrl) {
        if (trackingUrl == null || trackingUrl.isEmpty() || trackingUrl.equals("N/A")) {
            return Optional.empty();
        }
        try {
            URI page = new URI(trackingUrl.endsWith("/") ? trackingUrl : trackingUrl + "/").resolve("api/job");
            HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
            connection.setConnectTimeout(HTTP_MILLIS);
            connection.setReadTimeout(HTTP_MILLIS);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                return Optional.empty();
            }
            try (InputStream in = connection.getInputStream()) {
                return Optional.of(json.read(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)));
            }
        } catch (IOException | URISyntaxException | UncheckedIOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
