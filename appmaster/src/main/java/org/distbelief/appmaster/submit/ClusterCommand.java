package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.nio.file.Path;
import org.distbelief.appmaster.local.ClusterStatus;
import org.distbelief.appmaster.local.LocalCluster;
import org.distbelief.appmaster.local.LocalClusterOptions;
import org.distbelief.conf.ExitStatus;
import org.distbelief.conf.Sizes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cluster}: the local cluster. */
@Command(
        name = "cluster",
        description = "The local HDFS, YARN and ZooKeeper, for trying things out.",
        mixinStandardHelpOptions = true)
final class ClusterCommand {
    /** System property that names the directory of Hadoop's jars; set by the launcher script. */
    static final String LIB_PROPERTY = "distbelief.hadoop.lib";

    private final Session session;

    ClusterCommand(Session session) {
        this.session = session;
    }

    @Command(
            name = "start",
            description = "Starts the local cluster: a NameNode, a DataNode, a ResourceManager, two NodeManagers and"
                    + " ZooKeeper, which go on running after the command.")
    int start(
            @Option(
                            names = "--memory",
                            paramLabel = "MIB",
                            description =
                                    "memory that each NodeManager gives to containers (default: ${DEFAULT-VALUE})",
                            defaultValue = "6144")
                    int memory,
            @Option(
                            names = "--vcores",
                            paramLabel = "N",
                            description = "virtual cores that each NodeManager gives (default: ${DEFAULT-VALUE})",
                            defaultValue = "8")
                    int vcores)
            throws IOException, InterruptedException {
        LocalClusterOptions options;
        try {
            options = LocalClusterOptions.defaults().withNodeMemoryMb(memory).withNodeVcores(vcores);
        } catch (IllegalArgumentException e) {
            throw CommandException.user(e);
        }
        cluster(session, options).start(session.out()::println).lines().forEach(session.out()::println);
        return ExitStatus.SUCCESS;
    }

    @Command(name = "stop", description = "Stops the local cluster; what HDFS stores is kept.")
    int stop() throws IOException, InterruptedException {
        cluster(session, LocalClusterOptions.defaults()).stop().lines().forEach(session.out()::println);
        return ExitStatus.SUCCESS;
    }

    @Command(
            name = "status",
            description = "Shows the local cluster's processes and web pages.",
            exitCodeListHeading = "Exit status:%n",
            exitCodeList = {"0:all run", "1:some run", "3:none runs"})
    int status() throws IOException {
        ClusterStatus status = cluster(session, LocalClusterOptions.defaults()).status();
        status.lines().forEach(session.out()::println);
        return status.exitStatus();
    }

    /** The local cluster with Hadoop's jars where the launcher says they are. */
    static LocalCluster cluster(Session session, LocalClusterOptions options) {
        String lib = System.getProperty(LIB_PROPERTY, "");
        if (lib.isEmpty()) {
            throw CommandException.user(
                    "the local cluster is started by bin/distbelief, which knows where Hadoop's jars"
                            + " are; or name their directory with -D" + LIB_PROPERTY);
        }
        return new LocalCluster(session.local(), Path.of(lib), options);
    }

    /** A time for people. */
    static String took(long millis) {
        return Sizes.text(java.time.Duration.ofMillis(millis));
    }
}
