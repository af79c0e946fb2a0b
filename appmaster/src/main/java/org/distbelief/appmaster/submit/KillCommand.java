package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobState;
import org.distbelief.conf.ExitStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kill}: ends a job. */
@Command(name = "kill", description = "Ends a job.", mixinStandardHelpOptions = true)
final class KillCommand implements Callable<Integer> {
    private static final int POLLS = 100;
    private static final long POLL_MILLIS = 200;

    private final Session session;

    @Parameters(paramLabel = "APP", description = "YARN application id")
    private String application = "";

    KillCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, YarnException, InterruptedException {
        ApplicationId id = Applications.id(application);
        try (YarnClient yarn = session.yarn()) {
            JobFollower.View last = new JobFollower(session.conf(), yarn).view(id);
            YarnApplicationState before = last.report().getYarnApplicationState();
            if (JobFollower.ended(before)) {
                session.out().println(application + " had ended already (" + before + ")");
                return ExitStatus.SUCCESS;
            }
            yarn.killApplication(id);
            for (int i = 0; i < POLLS; i++) {
                if (JobFollower.ended(yarn.getApplicationReport(id).getYarnApplicationState())) {
                    new CleanUp(session.conf()).after(id);
                    if (last.snapshot().isPresent()) {
                        JobSnapshot end = last.snapshot().get().ended(JobState.KILLED, "killed by its user");
                        new HistoryStore(session.conf()).write(end, Optional.empty());
                    }
                    session.out().println(application + " was killed");
                    return ExitStatus.SUCCESS;
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (ApplicationNotFoundException e) {
            throw Applications.unknown(application);
        }
        throw CommandException.unavailable(
                application + " has not ended yet; see 'bin/distbelief status " + application + "'");
    }
}
