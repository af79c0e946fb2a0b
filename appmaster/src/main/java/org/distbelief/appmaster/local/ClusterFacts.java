package org.distbelief.appmaster.local;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was chosen at the last start, kept in the run directory: the ports by name (such as {@code namenode.rpc}) and
 * the size of the nodes.
 */
record ClusterFacts(
        int nodeManagers, int nodeMemoryMb, int nodeVcores, boolean historyServer, SortedMap<String, Integer> ports) {
    private static final String FILE = "cluster.properties";
    private static final String PORT = "port.";

    ClusterFacts {
        ports = new TreeMap<>(ports);
    }

    static ClusterFacts of(LocalClusterOptions options, SortedMap<String, Integer> ports) {
        return new ClusterFacts(
                options.nodeManagers(), options.nodeMemoryMb(), options.nodeVcores(), options.historyServer(), ports);
    }

    /** The port of a name that the plan knows. */
    int port(String name) {
        Integer port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("no port was chosen for " + name + "; there are " + ports.keySet());
        }
        return port;
    }

    /** The ports that a cluster of this size needs, each with the number that Hadoop's users expect. */
    static Map<String, Integer> wishes(LocalClusterOptions options) {
        Map<String, Integer> wishes = new LinkedHashMap<>();
        wishes.put("zookeeper.client", 2181);
        wishes.put("namenode.rpc", 8020);
        wishes.put("namenode.web", 9870);
        wishes.put("datanode.data", 9866);
        wishes.put("datanode.ipc", 9867);
        wishes.put("datanode.web", 9864);
        wishes.put("resourcemanager.rpc", 8032);
        wishes.put("resourcemanager.scheduler", 8030);
        wishes.put("resourcemanager.tracker", 8031);
        wishes.put("resourcemanager.admin", 8033);
        wishes.put("resourcemanager.web", 8088);
        for (int node = 1; node <= options.nodeManagers(); node++) {
            wishes.put("nodemanager-" + node + ".rpc", 8140 + node);
            wishes.put("nodemanager-" + node + ".localizer", 8120 + node);
            wishes.put("nodemanager-" + node + ".web", 8041 + node);
        }
        if (options.historyServer()) {
            wishes.put("history.rpc", 10020);
            wishes.put("history.admin", 10033);
            wishes.put("history.web", 19888);
        }
        return wishes;
    }

    /** Whether a cluster started with these options would be sized as this one is. */
    boolean fits(LocalClusterOptions options) {
        return equals(of(options, ports));
    }

    void write(Path run) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("nodeManagers", Integer.toString(nodeManagers));
        properties.setProperty("nodeMemoryMb", Integer.toString(nodeMemoryMb));
        properties.setProperty("nodeVcores", Integer.toString(nodeVcores));
        properties.setProperty("historyServer", Boolean.toString(historyServer));
        ports.forEach((name, port) -> properties.setProperty(PORT + name, Integer.toString(port)));
        try (Writer writer = Files.newBufferedWriter(run.resolve(FILE))) {
            properties.store(writer, "What the local cluster was started with.");
        }
    }

    /** The facts of the last start, or empty if there was none. */
    static Optional<ClusterFacts> read(Path run) throws IOException {
        Path file = run.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        SortedMap<String, Integer> ports = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(PORT)) {
                ports.put(key.substring(PORT.length()), number(file, properties, key));
            }
        }
        return Optional.of(new ClusterFacts(
                number(file, properties, "nodeManagers"),
                number(file, properties, "nodeMemoryMb"),
                number(file, properties, "nodeVcores"),
                Boolean.parseBoolean(properties.getProperty("historyServer", "false")),
                ports));
    }

    private static int number(Path file, Properties properties, String key) throws LocalClusterException {
        String text = properties.getProperty(key, "");
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new LocalClusterException(
                    file + ": expected a whole number for " + key + ", found '" + text
                            + "'. Delete the file; the next start writes it anew.",
                    e);
        }
    }
}
