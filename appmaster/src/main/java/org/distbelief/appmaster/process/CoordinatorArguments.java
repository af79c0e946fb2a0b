package org.distbelief.appmaster.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of a {@link CoordinatorProcess}.
 *
 * @param coordinator number of the coordinator, from 0
 * @param start which life of it this is; higher than all before
 * @param zookeeper ZooKeeper's connect string
 * @param znode the job's path in ZooKeeper
 * @param bind host name or address of this node, at which replicas find it
 * @param data the data set's directory
 */
public record CoordinatorArguments(
        int coordinator, long start, String zookeeper, String znode, String bind, String data) {
    private static final List<String> NAMES =
            List.of("--coordinator", "--start", "--zookeeper", "--znode", "--bind", "--data");

    /** The arguments that {@link #parse} understands. */
    public List<String> toCommandLine() {
        return List.of(
                "--coordinator",
                Integer.toString(coordinator),
                "--start",
                Long.toString(start),
                "--zookeeper",
                zookeeper,
                "--znode",
                znode,
                "--bind",
                bind,
                "--data",
                data);
    }

    /** @throws IllegalArgumentException where an argument is unknown, missing or no number */
    static CoordinatorArguments parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        "expected pairs of a name, one of " + NAMES + ", and a value, found '" + arguments[i] + "'");
            }
            values.put(arguments[i], arguments[i + 1]);
        }
        return new CoordinatorArguments(
                Math.toIntExact(number(values, "--coordinator")),
                number(values, "--start"),
                text(values, "--zookeeper"),
                text(values, "--znode"),
                text(values, "--bind"),
                text(values, "--data"));
    }

    private static String text(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name);
        }
        return value;
    }

    private static long number(Map<String, String> values, String name) {
        String text = text(values, name);
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a whole number, found '" + text + "'", e);
        }
        throw new IllegalArgumentException(name + ": expected a whole number from 0, found " + text);
    }
}
