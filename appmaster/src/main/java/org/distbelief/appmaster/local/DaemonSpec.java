package org.distbelief.appmaster.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How one daemon is started.
 *
 * @param name the name of its record and its log, such as {@code nodemanager-1}
 * @param title its name for people
 * @param mainClass the class to run
 * @param arguments what the main class gets
 * @param heapMb the largest heap, in MiB
 * @param properties its system properties
 * @param directories the directories that its class path holds besides Hadoop's jars
 * @param port the port that its clients use
 * @param webPage its page, or an empty string if it has none
 */
record DaemonSpec(
        String name,
        String title,
        String mainClass,
        List<String> arguments,
        int heapMb,
        Map<String, String> properties,
        List<Path> directories,
        int port,
        String webPage) {
    DaemonSpec {
        arguments = List.copyOf(arguments);
        properties = Map.copyOf(properties);
        directories = List.copyOf(directories);
    }

    /** Where its clients find it. */
    String address() {
        return "localhost:" + port;
    }

    Path log(LocalClusterLayout layout) {
        return layout.logs().resolve(name + ".log");
    }

    /** Where its stdout and stderr go. */
    Path output(LocalClusterLayout layout) {
        return layout.logs().resolve(name + ".out");
    }
}
