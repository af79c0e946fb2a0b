package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A Hadoop cluster on this machine: HDFS (one NameNode, one DataNode), YARN (a ResourceManager, several NodeManagers)
 * and ZooKeeper, each a process of its own that goes on after the command that started it. It listens on the loopback
 * interface only. Its client configuration is {@link LocalClusterLayout#conf()}.
 *
 * <p>Commands that start or stop it exclude each other through a lock in the state directory.
 */
public final class LocalCluster {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+=@~-]+");

    private final LocalClusterLayout layout;
    private final Path hadoopLib;
    private final LocalClusterOptions options;
    private final ProcessTable processes = new ProcessTable();
    private final Waiting waiting = Waiting.onSystemClock();

    /**
     * @param layout where the cluster keeps its things
     * @param hadoopLib the directory of Hadoop's jars, with HDFS's {@code webapps} beside them
     * @param options how the cluster is laid out when it is started
     */
    public LocalCluster(LocalClusterLayout layout, Path hadoopLib, LocalClusterOptions options) {
        this.layout = layout;
        this.hadoopLib = hadoopLib.toAbsolutePath().normalize();
        this.options = options;
    }

    /**
     * Starts the cluster and returns when HDFS is out of safe mode with a live DataNode, every NodeManager has
     * registered and ZooKeeper answers. If it runs already, nothing is done; if only a part of it runs, that part is
     * stopped first.
     *
     * @param progress is told what happens, a sentence at a time
     * @throws LocalClusterException if a daemon dies or the bound of the options passes; nothing runs then, and the
     *     message names the daemon, its exit status, its last words and its log
     */
    public StartReport start(Consumer<String> progress) throws IOException, InterruptedException {
        checkPaths();
        checkLibrary();
        createDirectories();
        ClusterLock lock = ClusterLock.acquire(layout.run(), waiting, options.startTimeout(), progress);
        try (lock) {
            ClusterStatus before = status();
            if (before.state() == ClusterStatus.State.RUNNING) {
                return new StartReport(true, Duration.ZERO, before, notes());
            }
            if (before.state() == ClusterStatus.State.PARTLY) {
                progress.accept("Only a part of the local cluster runs; stopping it first.");
            }
            new ClusterStop(layout, processes, waiting).run();
            return startAll(progress);
        }
    }

    /** Stops the cluster: the daemons that were recorded at its start, asked first and killed if need be. */
    public StopReport stop() throws IOException, InterruptedException {
        if (!Files.isDirectory(layout.run())) {
            return new StopReport(List.of(), 0, Duration.ZERO);
        }
        ClusterLock lock = ClusterLock.acquire(layout.run(), waiting, options.startTimeout(), message -> {});
        try (lock) {
            return new ClusterStop(layout, processes, waiting).run();
        }
    }

    /** Looks at every daemon of the last start. */
    public ClusterStatus status() throws IOException {
        List<DaemonStatus> daemons = new ArrayList<>();
        for (DaemonRecord record : DaemonRecord.readAll(layout.run())) {
            Optional<ProcessHandle> process = processes.find(record);
            DaemonStatus.State state = process.isEmpty()
                    ? DaemonStatus.State.DEAD
                    : Readiness.answers(record.port()) ? DaemonStatus.State.RUNNING : DaemonStatus.State.SILENT;
            OptionalLong memory = process.isEmpty() ? OptionalLong.empty() : processes.residentBytes(record.pid());
            daemons.add(new DaemonStatus(
                    record.title(),
                    state,
                    record.pid(),
                    memory,
                    record.address(),
                    record.webPage(),
                    layout.logs().resolve(record.name() + ".log")));
        }
        return new ClusterStatus(daemons, layout.conf());
    }

    private StartReport startAll(Consumer<String> progress) throws IOException, InterruptedException {
        long begin = waiting.now();
        Optional<ClusterFacts> last = ClusterFacts.read(layout.run());
        SortedMap<String, Integer> ports = PortChooser.ofLoopback()
                .choose(
                        ClusterFacts.wishes(options),
                        last.map(ClusterFacts::ports).orElse(new TreeMap<>()));
        ClusterFacts facts = ClusterFacts.of(options, ports);
        facts.write(layout.run());
        String user = UserGroupInformation.getCurrentUser().getShortUserName();
        new SiteFiles(layout, hadoopLib, facts, user, new SiteTemplates()).write();

        Path javaHome = Path.of(System.getProperty("java.home"));
        List<String> detach = DaemonLauncher.detachingCommand(System.getenv().getOrDefault("PATH", ""));
        DaemonPlan plan = new DaemonPlan(layout, hadoopLib, facts);
        progress.accept("Starting HDFS, YARN (" + options.nodeManagers() + " NodeManagers of " + options.nodeMemoryMb()
                + " MB) and ZooKeeper.");
        ClusterStart start = new ClusterStart(
                layout, plan, new DaemonLauncher(layout, hadoopLib, javaHome, detach), facts, waiting, user, progress);
        Thread onInterrupt = new Thread(start::abandon, "abandon-local-cluster");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        boolean complete = false;
        try {
            start.run(options.startTimeout());
            complete = true;
        } finally {
            forget(onInterrupt);
            if (!complete) {
                start.abandon();
                new ClusterStop(layout, processes, waiting).run();
            }
        }
        return new StartReport(false, Duration.ofNanos(waiting.now() - begin), status(), List.of());
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The program was interrupted: the hook is at work.
        }
    }

    private List<String> notes() throws IOException {
        Optional<ClusterFacts> facts = ClusterFacts.read(layout.run());
        if (facts.isEmpty() || facts.get().fits(options)) {
            return List.of();
        }
        ClusterFacts running = facts.get();
        return List.of("It runs with other settings than asked for: " + running.nodeManagers() + " NodeManagers of "
                + running.nodeMemoryMb() + " MB and " + running.nodeVcores() + " vcores. To change them, stop it"
                + " first.");
    }

    /** Hadoop's servers take lists of paths apart and format addresses of directories: not every path survives that. */
    private void checkPaths() throws LocalClusterException {
        if (!PLAIN.matcher(layout.root().toString()).matches()) {
            throw new LocalClusterException("Hadoop's servers cannot keep their things in '" + layout.root()
                    + "': expected a path of ASCII letters, digits and any of / . _ - + = @ ~ only. Name another one"
                    + " with the environment variable " + LocalClusterLayout.DIRECTORY_VARIABLE + ".");
        }
        if (hadoopLib.toString().matches(".*[,:*].*")) {
            throw new LocalClusterException("Hadoop's jars cannot be used from '" + hadoopLib
                    + "': expected a path without comma, colon and asterisk. Move distbelief elsewhere.");
        }
    }

    private void checkLibrary() throws IOException {
        Set<String> missing =
                new HashSet<>(Set.of("hadoop-hdfs-", "hadoop-yarn-server-resourcemanager-", "zookeeper-"));
        if (Files.isDirectory(hadoopLib)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(hadoopLib, "*.jar")) {
                for (Path jar : jars) {
                    missing.removeIf(jar.getFileName().toString()::startsWith);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new LocalClusterException("Hadoop's jars were expected in " + hadoopLib + " but are not there."
                    + " Gather them with: mvn -pl conf/local-hadoop package");
        }
    }

    private void createDirectories() throws IOException {
        if (!Files.isDirectory(layout.root())) {
            Files.createDirectories(layout.root());
            if (Files.getFileStore(layout.root()).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(layout.root(), PosixFilePermissions.fromString("rwx------"));
            }
        }
        for (Path directory : List.of(layout.conf(), layout.logs(), layout.data(), layout.run())) {
            Files.createDirectories(directory);
        }
    }
}
