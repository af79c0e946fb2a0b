package org.distbelief.appmaster.submit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.GenericOptionsParser;

/**
 * Hadoop's generic options ({@code -D}, {@code -conf}, {@code -fs}, {@code -jt}, {@code -files}, {@code -libjars},
 * {@code -archives}), which may stand anywhere on a command line.
 *
 * @param conf the configuration with the options applied
 * @param rest the other arguments, in order
 */
record GenericOptions(Configuration conf, List<String> rest) {
    private static final Set<String> WITH_VALUE =
            Set.of("-D", "-conf", "-fs", "-jt", "-files", "-libjars", "-archives");

    static GenericOptions parse(Configuration conf, String[] arguments) throws IOException {
        List<String> generic = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (WITH_VALUE.contains(argument)) {
                if (i + 1 == arguments.length) {
                    throw CommandException.user("expected a value after " + argument);
                }
                generic.add(argument);
                generic.add(arguments[++i]);
            } else if (argument.startsWith("-D") && argument.contains("=")) {
                generic.add("-D");
                generic.add(argument.substring(2));
            } else {
                rest.add(argument);
            }
        }
        try {
            GenericOptionsParser parser = new GenericOptionsParser(conf, generic.toArray(String[]::new));
            return new GenericOptions(parser.getConfiguration(), List.copyOf(rest));
        } catch (IllegalArgumentException | FileNotFoundException e) {
            throw CommandException.user("Hadoop's generic options: " + e.getMessage());
        }
    }

    /** Refuses the options that a job of ours has no use for. */
    static void refuseUnused(Configuration conf) {
        if (!conf.getTrimmed("tmpjars", "").isEmpty()
                || !conf.getTrimmed("tmparchives", "").isEmpty()) {
            throw CommandException.user("-libjars and -archives have no effect here; give files with -files");
        }
    }

    /** The files that {@code -files} names, with scheme. */
    static List<Path> files(Configuration conf) {
        return conf.getTrimmedStringCollection("tmpfiles").stream()
                .map(Path::new)
                .toList();
    }
}
