package org.distbelief.ingest.job;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.TaskCompletionEvent;
import org.apache.hadoop.util.ShutdownHookManager;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.ProgressListener;

/** Runs a job to its end. A job that does not start in time is killed, as is one whose client goes away. */
final class JobMonitor {
    /** Seconds that a job may wait for its first container. */
    static final String START_TIMEOUT = "distbelief.ingest.start-timeout.seconds";

    private static final long DEFAULT_START_TIMEOUT = 600;
    private static final long POLL_MILLIS = 500;
    /** Before the file systems are closed, which happens at 10. */
    private static final int HOOK_PRIORITY = 30;

    private static final int FAILURES_SHOWN = 2;

    private final ProgressListener listener;

    JobMonitor(ProgressListener listener) {
        this.listener = listener;
    }

    /** Submits and waits. */
    void run(Job job) throws IngestException, IOException, InterruptedException {
        try {
            job.submit();
        } catch (ClassNotFoundException e) {
            throw new IOException("the job's classes are not on the class path", e);
        }
        Runnable kill = () -> {
            try {
                job.killJob();
            } catch (IOException e) {
                throw new IllegalStateException("could not kill job " + job.getJobID(), e);
            }
        };
        ShutdownHookManager hooks = ShutdownHookManager.get();
        hooks.addShutdownHook(kill, HOOK_PRIORITY);
        try {
            follow(job);
        } catch (IngestException | IOException | InterruptedException | RuntimeException e) {
            if (!job.isComplete()) {
                job.killJob();
            }
            throw e;
        } finally {
            if (!hooks.isShutdownInProgress()) {
                hooks.removeShutdownHook(kill);
            }
        }
    }

    private void follow(Job job) throws IngestException, IOException, InterruptedException {
        Configuration configuration = job.getConfiguration();
        long timeout = TimeUnit.SECONDS.toNanos(configuration.getLong(START_TIMEOUT, DEFAULT_START_TIMEOUT));
        long submitted = System.nanoTime();
        while (!job.isComplete()) {
            if (job.getJobState() == JobStatus.State.PREP) {
                listener.progress("waiting for the cluster", 0);
                if (System.nanoTime() - submitted > timeout) {
                    throw new IngestException("job " + job.getJobID() + " got no container within "
                            + TimeUnit.NANOSECONDS.toSeconds(timeout) + " s and was killed: "
                            + job.getStatus().getSchedulingInfo() + "; is queue '"
                            + configuration.get("mapreduce.job.queuename", "default")
                            + "' full? See " + job.getTrackingURL());
                }
            } else if (job.mapProgress() < 1) {
                listener.progress("map", job.mapProgress());
            } else {
                listener.progress("reduce", job.reduceProgress());
            }
            Thread.sleep(POLL_MILLIS);
        }
        if (!job.isSuccessful()) {
            throw new IngestException("job " + job.getJobID() + " failed: " + failures(job) + " See "
                    + job.getTrackingURL() + " or the command 'yarn logs'.");
        }
    }

    private static String failures(Job job) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        String info = job.getStatus().getFailureInfo();
        text.append(info == null || info.isBlank() || info.equals("NA") ? "" : info.strip() + ". ");
        int shown = 0;
        for (TaskCompletionEvent event : job.getTaskCompletionEvents(0, Integer.MAX_VALUE)) {
            if (event.getStatus() == TaskCompletionEvent.Status.FAILED && shown < FAILURES_SHOWN) {
                shown++;
                String[] diagnostics = job.getTaskDiagnostics(event.getTaskAttemptId());
                text.append(event.getTaskAttemptId())
                        .append(": ")
                        .append(Arrays.stream(diagnostics == null ? new String[0] : diagnostics)
                                .map(d -> d.lines().limit(6).collect(Collectors.joining(" / ")))
                                .collect(Collectors.joining(" ")))
                        .append(". ");
            }
        }
        return text.toString().strip();
    }
}
