package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: scores a trained model on held-out data, as a YARN job. */
@Command(
        name = "evaluate",
        description = "Scores a trained model on held-out data, as a job on YARN, and prints loss and accuracy.",
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--model", paramLabel = "PATH", required = true, description = "directory of the trained model")
    private String model = "";

    @Option(names = "--data", paramLabel = "PATH", required = true, description = "directory of the data set")
    private String data = "";

    @Option(names = "--split", paramLabel = "NAME", description = "split to score (default: ${DEFAULT-VALUE})")
    private String split = "test";

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "model replicas that score, each split over replicas.partitions containers as in training"
                    + " (default: ${DEFAULT-VALUE})")
    private int replicas = 1;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "replaces a value of the model's job file, as in --set replicas.memory=2g")
    private List<String> settings = List.of();

    @Option(names = "--detach", description = "submits the job and returns at once")
    private boolean detach;

    @Option(names = "--kill-on-exit", description = "kills the job when this command is interrupted")
    private boolean killOnExit;

    EvaluateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, YarnException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of("replicas.count=" + replicas, "evaluation.split=" + split, "evaluation.enabled=true"));
        all.addAll(settings);
        try (YarnClient yarn = session.yarn()) {
            Submission submission = new Preflight(session.conf()).evaluate(model, data, all);
            return new JobRunner(session, yarn).run(submission, detach, killOnExit);
        }
    }
}
