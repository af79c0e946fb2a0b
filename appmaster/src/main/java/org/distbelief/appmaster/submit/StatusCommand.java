package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SnapshotJson;
import org.distbelief.appmaster.submit.console.StatusText;
import org.distbelief.conf.ExitStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: shows a job, from its ApplicationMaster while that runs, else from its history. */
@Command(name = "status", description = "Shows a job, running or ended.", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "APP", description = "YARN application id")
    private String application = "";

    @Option(names = "--json", description = "prints the whole snapshot as JSON")
    private boolean json;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, YarnException {
        ApplicationId id = Applications.id(application);
        Optional<JobSnapshot> snapshot;
        String yarnSays;
        try (YarnClient yarn = session.yarn()) {
            JobFollower.View view = new JobFollower(session.conf(), yarn).view(id);
            snapshot = view.snapshot();
            yarnSays = view.report().getYarnApplicationState() + " "
                    + view.report().getDiagnostics().strip();
        } catch (ApplicationNotFoundException e) {
            // The ResourceManager forgets ended applications; the history doesn't.
            snapshot = new HistoryStore(session.conf()).read(application);
            if (snapshot.isEmpty()) {
                throw Applications.unknown(application);
            }
            yarnSays = "";
        }
        if (snapshot.isEmpty()) {
            session.out().println(application + " " + yarnSays.strip());
        } else if (json) {
            session.out().println(new SnapshotJson().write(snapshot.get()));
        } else {
            session.out().println(StatusText.of(snapshot.get(), session.columns()));
        }
        return ExitStatus.SUCCESS;
    }
}
