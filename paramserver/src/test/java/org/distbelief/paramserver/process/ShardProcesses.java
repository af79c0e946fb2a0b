package org.distbelief.paramserver.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.security.JobSecret;

/** Real processes of shard 0 of a job, in one directory; none outlives its test. */
final class ShardProcesses implements AutoCloseable {
    static final String ZNODE = "/distbelief/application_1_0001";
    private static final Duration BOUND = Duration.ofSeconds(30);

    final JobKeys keys = new JobKeys(JobSecret.random(new SecureRandom()), Optional.empty());
    private final Path directory;
    private final TestingServer zookeeper;
    private final Map<Long, Process> processes = new TreeMap<>();

    ShardProcesses(Path directory, TestingServer zookeeper, ShardPlan plan, String job) throws IOException {
        this.directory = directory;
        this.zookeeper = zookeeper;
        Files.writeString(directory.resolve(ShardPlan.FILE), plan.toJson());
        Files.writeString(directory.resolve(ShardProcess.JOB_FILE), job);
    }

    Registry registry() throws IOException, InterruptedException {
        return Registry.connect(zookeeper.getConnectString(), ZNODE, keys.secret(), BOUND, BOUND);
    }

    Process start(long generation, boolean standby, Optional<String> restore) throws IOException {
        ShardArguments arguments = new ShardArguments(
                0,
                generation,
                zookeeper.getConnectString(),
                ZNODE,
                InetAddress.getLoopbackAddress().getHostAddress(),
                standby,
                restore);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ShardProcess.class.getName()));
        command.addAll(arguments.toCommandLine());
        Credentials credentials = new Credentials();
        keys.addTo(credentials);
        Path tokens = directory.resolve("tokens");
        credentials.writeTokenStorageFile(new org.apache.hadoop.fs.Path(tokens.toUri()), new Configuration());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(stderr(generation).toFile())
                .redirectOutput(directory.resolve("stdout-" + generation).toFile());
        builder.environment().put("HADOOP_TOKEN_FILE_LOCATION", tokens.toString());
        Process process = builder.start();
        processes.put(generation, process);
        return process;
    }

    private Path stderr(long generation) {
        return directory.resolve("stderr-" + generation);
    }

    String errors(long generation) throws IOException {
        return Files.readString(stderr(generation));
    }

    /** Ends a process as {@code kill -9} does. */
    void kill(long generation) throws InterruptedException {
        Process process = Objects.requireNonNull(processes.get(generation));
        assertThat(process.destroyForcibly().waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        processes.values().forEach(process -> process.destroyForcibly().onExit().join());
    }
}
