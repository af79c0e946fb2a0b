package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.conf.JobFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code train}: submits a training job and follows it. */
@Command(
        name = "train",
        description = "Trains a model: submits the job to YARN and follows it. Ctrl-C leaves the job running.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "JOB.yaml", description = "the job file")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "replaces a value of the job file, as in --set downpour.nPush=4")
    private List<String> settings = List.of();

    @Option(names = "--resume", description = "goes on from the newest checkpoint in the job's output")
    private boolean resume;

    @Option(names = "--detach", description = "submits the job and returns at once")
    private boolean detach;

    @Option(names = "--kill-on-exit", description = "kills the job when this command is interrupted")
    private boolean killOnExit;

    TrainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, YarnException, InterruptedException {
        JobFile job = JobFile.read(file.toString(), Session.readText(file, "job file"), settings);
        try (YarnClient yarn = session.yarn()) {
            Submission submission = new Preflight(session.conf()).train(job, resume);
            return new JobRunner(session, yarn).run(submission, detach, killOnExit);
        }
    }
}
