package org.distbelief.appmaster.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;

/**
 * Where the local cluster keeps its things: everything lies below one state directory, which may be deleted as a whole
 * while the cluster is stopped.
 *
 * @param root the state directory, absolute
 */
public record LocalClusterLayout(Path root) {
    /** The system property that names the state directory. */
    public static final String DIRECTORY_PROPERTY = "distbelief.local.dir";
    /** The environment variable that names the state directory. */
    public static final String DIRECTORY_VARIABLE = "DISTBELIEF_LOCAL_DIR";
    /** The environment variable that names distbelief's own directory; the state directory is {@code local} in it. */
    public static final String HOME_VARIABLE = "DISTBELIEF_HOME";

    /** Makes the path absolute. */
    public LocalClusterLayout {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * The layout that a command uses: the property {@value #DIRECTORY_PROPERTY}, else the variable
     * {@value #DIRECTORY_VARIABLE}, else {@code local} in the directory that {@value #HOME_VARIABLE} names, else
     * {@code .distbelief/local} in the user's home.
     */
    public static LocalClusterLayout of(Properties properties, Map<String, String> environment) {
        String property = properties.getProperty(DIRECTORY_PROPERTY, "");
        if (!property.isBlank()) {
            return new LocalClusterLayout(Path.of(property));
        }
        String variable = environment.getOrDefault(DIRECTORY_VARIABLE, "");
        if (!variable.isBlank()) {
            return new LocalClusterLayout(Path.of(variable));
        }
        String home = environment.getOrDefault(HOME_VARIABLE, "");
        if (!home.isBlank()) {
            return new LocalClusterLayout(Path.of(home, "local"));
        }
        return new LocalClusterLayout(Path.of(properties.getProperty("user.home", "."), ".distbelief", "local"));
    }

    /** The client configuration: core-site.xml, hdfs-site.xml, yarn-site.xml, mapred-site.xml, log4j.properties. */
    public Path conf() {
        return root.resolve("conf");
    }

    /** The daemons' logs, and the containers' while they run. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** What HDFS, YARN and ZooKeeper store. */
    public Path data() {
        return root.resolve("data");
    }

    /** The records of what runs: one file for each daemon, the ports, the lock. */
    public Path run() {
        return root.resolve("run");
    }

    /** Whether a client configuration has been written, which the first start does. */
    public boolean hasConfiguration() {
        return Files.isRegularFile(conf().resolve("core-site.xml"));
    }

    /**
     * Adds the local cluster's site files to a configuration, so that a program whose class path does not hold
     * {@link #conf()} reaches the cluster too.
     */
    public void addTo(Configuration configuration) {
        for (String file : SiteTemplates.CLIENT_FILES) {
            configuration.addResource(
                    new org.apache.hadoop.fs.Path(conf().resolve(file).toUri()));
        }
    }
}
