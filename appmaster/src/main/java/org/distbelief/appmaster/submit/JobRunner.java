package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.submit.console.ProgressLine;
import org.distbelief.appmaster.submit.console.Summary;
import org.distbelief.conf.ExitStatus;

/** Submits a job and shows it on the console until it ends. */
final class JobRunner {
    private final Session session;
    private final YarnClient yarn;

    JobRunner(Session session, YarnClient yarn) {
        this.session = session;
        this.yarn = yarn;
    }

    /**
     * Runs a job.
     *
     * @param detach whether to return once it is submitted
     * @param killOnExit whether an interrupt of this process kills the job
     * @return exit status
     */
    int run(Submission submission, boolean detach, boolean killOnExit)
            throws IOException, YarnException, InterruptedException {
        submission.notes().forEach(note -> session.out().println("Note: " + note));
        ApplicationId id = new Submitter(session.conf(), yarn, session.jobJar()).submit(submission);
        session.out()
                .println("Submitted " + id + " (" + submission.job().config().name() + ")");
        if (detach) {
            session.out().println("Follow it with: bin/distbelief status " + id);
            return ExitStatus.SUCCESS;
        }
        Thread onExit = new Thread(() -> leave(id, killOnExit), "on-exit");
        Runtime.getRuntime().addShutdownHook(onExit);
        JobFollower.View end;
        try {
            end = follow(id, submission);
        } finally {
            Runtime.getRuntime().removeShutdownHook(onExit);
        }
        return report(end);
    }

    private JobFollower.View follow(ApplicationId id, Submission submission)
            throws IOException, YarnException, InterruptedException {
        boolean[] shown = new boolean[1];
        WaitingNotice waiting = new WaitingNotice(session.out(), System::nanoTime);
        try (ProgressLine line = new ProgressLine(session.out(), session.terminal(), session.columns())) {
            return new JobFollower(session.conf(), yarn)
                    .follow(id, submission.job().config().cluster().allocationTimeout(), view -> {
                        if (!shown[0] && view.snapshot().isPresent()) {
                            shown[0] = true;
                            session.out().println("Web page: " + view.report().getTrackingUrl());
                        }
                        if (view.snapshot().isPresent()) {
                            line.update(view.snapshot().get());
                        } else {
                            waiting.update(view.report());
                        }
                    });
        }
    }

    private int report(JobFollower.View end) {
        ApplicationReport report = end.report();
        Optional<JobSnapshot> snapshot = end.snapshot();
        boolean succeeded = report.getFinalApplicationStatus() == FinalApplicationStatus.SUCCEEDED;
        if (snapshot.isPresent() && snapshot.get().state().ended()) {
            session.out().println(Summary.of(snapshot.get(), report.getTrackingUrl(), session.columns()));
        } else {
            session.err()
                    .println(report.getApplicationId() + " ended as " + report.getYarnApplicationState() + " ("
                            + report.getFinalApplicationStatus() + "): "
                            + report.getDiagnostics().strip());
            session.err().println("Its logs: bin/distbelief logs " + report.getApplicationId());
        }
        return succeeded ? ExitStatus.SUCCESS : ExitStatus.JOB_FAILED;
    }

    private void leave(ApplicationId id, boolean kill) {
        if (!kill) {
            session.out().println();
            session.out().println(id + " goes on. See it with: bin/distbelief status " + id);
            return;
        }
        try {
            yarn.killApplication(id);
            new CleanUp(session.conf()).after(id);
            session.out().println(id + " is being killed");
        } catch (IOException | YarnException e) {
            session.err().println(id + " could not be killed: " + e.getMessage());
        }
    }
}
