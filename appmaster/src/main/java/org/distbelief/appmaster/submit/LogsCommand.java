package org.distbelief.appmaster.submit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.util.ToolRunner;
import org.apache.hadoop.yarn.client.cli.LogsCLI;
import org.apache.hadoop.yarn.webapp.util.WebServiceClient;
import org.distbelief.conf.ExitStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: prints the logs of a job's containers. */
@Command(
        name = "logs",
        description = "Prints the logs of a job's containers, as 'yarn logs' does.",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    /** Nodes hand in the logs of an ended job within seconds. */
    private static final int TRIES = 5;

    private static final long RETRY_MILLIS = 2_000;

    private final Session session;

    @Parameters(paramLabel = "APP", description = "YARN application id")
    private String application = "";

    @Option(names = "--container", paramLabel = "ID", description = "only this container's")
    private String container = "";

    @Option(names = "--file", paramLabel = "NAME", description = "only this file: log, stdout or stderr")
    private String file = "";

    LogsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("-applicationId", Applications.id(application).toString()));
        if (!container.isEmpty()) {
            arguments.addAll(List.of("-containerId", container));
        }
        if (!file.isEmpty()) {
            arguments.addAll(List.of("-log_files", file));
        }
        new ClusterProbe(session.conf()).check();
        WebServiceClient.initialize(session.conf());
        try {
            return print(arguments.toArray(String[]::new));
        } finally {
            WebServiceClient.destroy();
        }
    }

    private int print(String[] arguments) throws Exception {
        for (int tries = 1; ; tries++) {
            if (ToolRunner.run(session.conf(), new LogsCLI(), arguments) == 0) {
                return ExitStatus.SUCCESS;
            }
            if (tries == TRIES) {
                return ExitStatus.JOB_FAILED;
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }
}
