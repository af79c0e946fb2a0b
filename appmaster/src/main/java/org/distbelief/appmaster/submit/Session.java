package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.distbelief.appmaster.local.LocalClusterLayout;

/**
 * What every command has at hand.
 *
 * @param conf Hadoop's configuration with the generic options applied
 * @param out where results go
 * @param err where errors go
 * @param terminal whether a person looks at the output
 * @param columns width of the terminal
 * @param local where the local cluster keeps things
 */
record Session(
        Configuration conf, PrintStream out, PrintStream err, boolean terminal, int columns, LocalClusterLayout local) {
    /** System property that names the job jar; set by the launcher script. */
    static final String JAR_PROPERTY = "distbelief.job.jar";

    /** The same session with another configuration. */
    Session with(Configuration other) {
        return new Session(other, out, err, terminal, columns, local);
    }

    /** A started YARN client, to be closed, after a check that the cluster answers. */
    YarnClient yarn() {
        new ClusterProbe(conf).check();
        YarnClient client = YarnClient.createYarnClient();
        client.init(conf);
        client.start();
        return client;
    }

    /** The job jar on the local disk: what the launcher names, or the jar that {@code yarn jar} runs. */
    Path jobJar() {
        String named = System.getProperty(JAR_PROPERTY, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        if (Session.class.getClassLoader() instanceof URLClassLoader loader) {
            for (URL url : loader.getURLs()) {
                Path path = Path.of(url.getPath());
                if (url.getProtocol().equals("file") && url.getPath().endsWith(".jar") && Files.isRegularFile(path)) {
                    return path;
                }
            }
        }
        throw CommandException.user("the job jar was not found; run the command with 'yarn jar distbelief-*-job.jar' or"
                + " bin/distbelief, or name the jar with -D" + JAR_PROPERTY);
    }

    /** Reads a local text file that a user named. */
    static String readText(Path file, String what) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw CommandException.user("no such " + what + ": " + file.toAbsolutePath());
        }
        return Files.readString(file);
    }
}
