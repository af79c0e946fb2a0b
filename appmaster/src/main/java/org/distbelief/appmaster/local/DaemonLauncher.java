package org.distbelief.appmaster.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Starts daemons so that they outlive this process: in a session of their own where the system has {@code setsid}, with
 * no terminal, pipe or lock of ours in their hands (Java closes all other files of a child).
 */
final class DaemonLauncher {
    /** The system property by which a daemon's command line names it. */
    static final String MARKER = "distbelief.local.daemon";

    private final LocalClusterLayout layout;
    private final Path hadoopLib;
    private final Path javaHome;
    private final List<String> detach;

    /** @param detach the command that detaches what follows it; empty for none */
    DaemonLauncher(LocalClusterLayout layout, Path hadoopLib, Path javaHome, List<String> detach) {
        this.layout = layout;
        this.hadoopLib = hadoopLib;
        this.javaHome = javaHome;
        this.detach = List.copyOf(detach);
    }

    /** The detaching command to be found on a search path: {@code setsid}, else {@code nohup}, else none. */
    static List<String> detachingCommand(String searchPath) {
        return Stream.of("setsid", "nohup")
                .flatMap(tool -> Stream.of(searchPath.split(File.pathSeparator))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, tool))
                        .filter(Files::isExecutable))
                .findFirst()
                .map(tool -> List.of(tool.toString()))
                .orElse(List.of());
    }

    /** Starts the process with its output in the log directory. */
    Process start(DaemonSpec spec) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(spec));
        builder.directory(layout.run().toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(spec.output(layout).toFile());
        Map<String, String> environment = builder.environment();
        environment.remove("CLASSPATH");
        environment.put("JAVA_HOME", javaHome.toString());
        environment.put("HADOOP_CONF_DIR", layout.conf().toString());
        environment.putIfAbsent("MALLOC_ARENA_MAX", "4");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new LocalClusterException(
                    "Could not start the " + spec.title() + " with "
                            + builder.command().get(0) + ": " + e.getMessage(),
                    e);
        }
    }

    /** The command line of a daemon. */
    List<String> command(DaemonSpec spec) {
        List<String> command = new ArrayList<>(detach);
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.add(marker(spec));
        command.addAll(List.of(
                "-Xmx" + spec.heapMb() + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.awt.headless=true",
                "-Dhadoop.log.dir=" + layout.logs(),
                "-Dhadoop.log.file=" + spec.name() + ".log",
                "-Dlog4j.configuration="
                        + layout.conf().resolve("daemon-log4j.properties").toUri()));
        new TreeMap<>(spec.properties()).forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-cp");
        command.add(classPath(spec));
        command.add(spec.mainClass());
        command.addAll(spec.arguments());
        return command;
    }

    /** The word by which a daemon of this cluster is known among the system's processes. */
    String marker(DaemonSpec spec) {
        return "-D" + MARKER + "=" + spec.name() + "@" + layout.root();
    }

    private String classPath(DaemonSpec spec) {
        List<String> entries = new ArrayList<>();
        entries.add(hadoopLib + File.separator + "*");
        spec.directories().forEach(directory -> entries.add(directory.toString()));
        return String.join(File.pathSeparator, entries);
    }
}
