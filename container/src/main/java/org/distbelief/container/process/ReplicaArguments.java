package org.distbelief.container.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of a {@link ReplicaProcess}.
 *
 * @param replica number of the model replica, from 0
 * @param partition number of the replica's partition that the process computes, from 0
 * @param incarnation which life of it this is; higher than all before
 * @param zookeeper ZooKeeper's connect string
 * @param znode the job's path in ZooKeeper
 * @param mode train or evaluate
 * @param model directory of the trained model; given in mode evaluate only
 * @param data the data set's directory
 */
public record ReplicaArguments(
        int replica,
        int partition,
        long incarnation,
        String zookeeper,
        String znode,
        Mode mode,
        Optional<String> model,
        String data) {
    private static final List<String> NAMES = List.of(
            "--replica", "--partition", "--incarnation", "--zookeeper", "--znode", "--mode", "--model", "--data");

    /** What the replica does. */
    public enum Mode {
        /** Trains with parameters from the shards, and evaluates at the end. */
        TRAIN,
        /** Evaluates a trained model. */
        EVALUATE
    }

    /** Checks that there is a model where one is needed. */
    public ReplicaArguments {
        if (model.isPresent() != (mode == Mode.EVALUATE)) {
            throw new IllegalArgumentException("--model: expected one in mode evaluate, and none in mode train");
        }
    }

    /** The arguments that {@link #parse} understands. */
    public List<String> toCommandLine() {
        List<String> line = new ArrayList<>(List.of(
                "--replica",
                Integer.toString(replica),
                "--partition",
                Integer.toString(partition),
                "--incarnation",
                Long.toString(incarnation),
                "--zookeeper",
                zookeeper,
                "--znode",
                znode,
                "--mode",
                mode.name().toLowerCase(Locale.ROOT),
                "--data",
                data));
        model.ifPresent(directory -> line.addAll(List.of("--model", directory)));
        return List.copyOf(line);
    }

    /** @throws IllegalArgumentException where an argument is unknown, missing or impossible */
    static ReplicaArguments parse(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        "expected pairs of a name, one of " + NAMES + ", and a value, found '" + arguments[i] + "'");
            }
            values.put(arguments[i], arguments[i + 1]);
        }
        Mode mode = switch (text(values, "--mode")) {
            case "train" -> Mode.TRAIN;
            case "evaluate" -> Mode.EVALUATE;
            default ->
                throw new IllegalArgumentException(
                        "--mode: expected train or evaluate, found '" + values.get("--mode") + "'");
        };
        return new ReplicaArguments(
                (int) number(values, "--replica", Integer.MAX_VALUE),
                (int) number(values, "--partition", Integer.MAX_VALUE),
                number(values, "--incarnation", Long.MAX_VALUE),
                text(values, "--zookeeper"),
                text(values, "--znode"),
                mode,
                Optional.ofNullable(values.get("--model")),
                text(values, "--data"));
    }

    private static String text(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name);
        }
        return value;
    }

    private static long number(Map<String, String> values, String name, long most) {
        String text = text(values, name);
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a whole number, found '" + text + "'", e);
        }
        throw new IllegalArgumentException(name + ": expected a whole number from 0 to " + most + ", found " + text);
    }
}
