package org.distbelief.appmaster.submit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.local.LocalClusterException;
import org.distbelief.appmaster.local.LocalClusterLayout;
import org.distbelief.conf.ExitStatus;
import org.distbelief.conf.JobFileException;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.ingest.IngestException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** What {@code yarn jar distbelief-*-job.jar} runs. */
@Command(
        name = "distbelief",
        description = "Trains deep networks on a Hadoop cluster (Large Scale Distributed Deep Networks, 2012).",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "",
            "Every command has --help and takes Hadoop's generic options (-D, -conf, -files).",
            "Exit status: 0 done, 1 the job failed, 2 something to mend (option, file, permission),",
            "3 not running, 70 a fault of the program, 75 something can't be reached now."
        })
public final class Main {
    private static final int DEFAULT_COLUMNS = 120;
    /** System property with the terminal's width, 0 where there is none; set by the launcher script. */
    private static final String COLUMNS_PROPERTY = "distbelief.columns";

    private Main() {}

    /** Runs one command and exits with its status. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, new YarnConfiguration(), System.out, System.err, terminal()));
    }

    /**
     * Runs one command.
     *
     * @param conf the cluster's configuration, to which generic options are added
     * @return its exit status
     */
    public static int run(String[] arguments, Configuration conf, PrintStream out, PrintStream err, boolean terminal) {
        try {
            LocalClusterLayout local = LocalClusterLayout.of(System.getProperties(), System.getenv());
            GenericOptions generic = GenericOptions.parse(conf, arguments);
            Session session = new Session(generic.conf(), out, err, terminal, columns(), local);
            return commandLine(session).execute(generic.rest().toArray(String[]::new));
        } catch (IOException | RuntimeException e) {
            return explain(e, err);
        }
    }

    /** The launcher says whether standard output is a terminal and how wide; else the JVM knows about the former. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean terminal() {
        String columns = System.getProperty(COLUMNS_PROPERTY);
        return columns == null ? System.console() != null : !columns.equals("0");
    }

    private static int columns() {
        try {
            int columns = Integer.parseInt(System.getProperty(COLUMNS_PROPERTY, ""));
            return columns == 0 ? DEFAULT_COLUMNS : Math.max(40, columns);
        } catch (NumberFormatException e) {
            return DEFAULT_COLUMNS;
        }
    }

    private static CommandLine commandLine(Session session) {
        CommandLine line = new CommandLine(new Main())
                .addSubcommand(new QuickstartCommand(session))
                .addSubcommand("cluster", new ClusterCommand(session))
                .addSubcommand("generate", new GenerateCommand(session))
                .addSubcommand(new IngestCommand(session))
                .addSubcommand(new PlanCommand(session))
                .addSubcommand(new TrainCommand(session))
                .addSubcommand(new EvaluateCommand(session))
                .addSubcommand(new StatusCommand(session))
                .addSubcommand(new KillCommand(session))
                .addSubcommand(new LogsCommand(session))
                .addSubcommand(new FsCommand(session))
                .addSubcommand("bench", new BenchCommand(session))
                .addSubcommand(new HelpCommand());
        line.setOut(new java.io.PrintWriter(session.out(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setErr(new java.io.PrintWriter(session.err(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(Math.min(100, session.columns()));
        line.setExecutionExceptionHandler((e, command, parsed) -> explain(e, session.err()));
        return line;
    }

    /** Says what went wrong and chooses the exit status. */
    private static int explain(Exception e, PrintStream err) {
        if (e instanceof CommandException command) {
            err.println("distbelief: " + e.getMessage());
            return command.exitStatus();
        }
        if (e instanceof JobFileException
                || e instanceof IngestException
                || e instanceof DatasetFormatException
                || e instanceof LocalClusterException) {
            err.println(e.getMessage());
            return ExitStatus.USER_ERROR;
        }
        if (e instanceof AccessControlException) {
            err.println("distbelief: no permission: " + firstLine(e));
            return ExitStatus.USER_ERROR;
        }
        if (e instanceof FileNotFoundException) {
            err.println("distbelief: not found: " + firstLine(e));
            return ExitStatus.USER_ERROR;
        }
        if (e instanceof ConnectException
                || e instanceof UnknownHostException
                || e instanceof NoRouteToHostException
                || e instanceof SocketTimeoutException) {
            err.println("distbelief: can't be reached: " + firstLine(e));
            return ExitStatus.UNAVAILABLE;
        }
        if (e instanceof YarnException) {
            err.println("distbelief: YARN refuses: " + firstLine(e));
            return ExitStatus.USER_ERROR;
        }
        err.println("distbelief: an unexpected error; please report it with these lines:");
        e.printStackTrace(err);
        return ExitStatus.INTERNAL;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** The job jar's version. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"distbelief " + (version == null ? "(unpacked classes)" : version)};
        }
    }
}
