package org.distbelief.paramserver.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of a {@link ShardProcess}.
 *
 * @param shard index of the shard
 * @param generation which life of the shard this is; higher than all before
 * @param zookeeper ZooKeeper's connect string
 * @param znode the job's path in ZooKeeper; also names the job in checkpoints
 * @param bind host name or address of this node, at which the shard serves and is found
 * @param standby whether it follows the process that serves the shard, to take over from it; else it serves at once
 * @param restore directory of the checkpoint to go on from; empty to start afresh
 */
public record ShardArguments(
        int shard,
        long generation,
        String zookeeper,
        String znode,
        String bind,
        boolean standby,
        Optional<String> restore) {
    private static final String PRIMARY = "primary";
    private static final String STANDBY = "standby";
    private static final List<String> NAMES =
            List.of("--shard", "--generation", "--zookeeper", "--znode", "--bind", "--role", "--restore");

    /** The arguments that {@link #parse} understands. */
    public List<String> toCommandLine() {
        var line = new ArrayList<>(List.of(
                "--shard",
                Integer.toString(shard),
                "--generation",
                Long.toString(generation),
                "--zookeeper",
                zookeeper,
                "--znode",
                znode,
                "--bind",
                bind,
                "--role",
                standby ? STANDBY : PRIMARY));
        restore.ifPresent(directory -> line.addAll(List.of("--restore", directory)));
        return List.copyOf(line);
    }

    /** @throws IllegalArgumentException where an argument is unknown, missing or no number */
    static ShardArguments parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        "expected pairs of a name, one of " + NAMES + ", and a value, found '" + arguments[i] + "'");
            }
            values.put(arguments[i], arguments[i + 1]);
        }
        return new ShardArguments(
                Math.toIntExact(number(values, "--shard")),
                number(values, "--generation"),
                text(values, "--zookeeper"),
                text(values, "--znode"),
                text(values, "--bind"),
                standby(text(values, "--role")),
                Optional.ofNullable(values.get("--restore")));
    }

    private static boolean standby(String role) {
        if (!role.equals(PRIMARY) && !role.equals(STANDBY)) {
            throw new IllegalArgumentException(
                    "--role: expected '" + PRIMARY + "' or '" + STANDBY + "', found '" + role + "'");
        }
        return role.equals(STANDBY);
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
            if (value >= 0 && value <= Integer.MAX_VALUE) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a whole number, found '" + text + "'", e);
        }
        throw new IllegalArgumentException(name + ": expected a whole number from 0, found " + text);
    }
}
