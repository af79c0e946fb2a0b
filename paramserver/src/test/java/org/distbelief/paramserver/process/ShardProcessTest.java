package org.distbelief.paramserver.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.distbelief.conf.ProcessExit;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushOutcome;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShardProcessTest {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String ZNODE = "/distbelief/application_1_0001";
    private static final int SIZE = 30_000;
    private static final JobKeys KEYS = new JobKeys(JobSecret.random(new SecureRandom()), Optional.empty());
    private static final ShardPlan PLAN = ShardPlan.of(
            new ParameterLayout(List.of(new Block("w", new Range(0, SIZE), new Initialisation.Uniform(-0.1f, 0.1f)))),
            1,
            9);
    private static final String JOB = """
            output: out
            model:
              layers: [fullyConnected]
            data:
              path: in
            downpour:
              update: {adagrad: {learningRate: 1}}
              schedule: {step: {every: 1, factor: 0.5}}
            cluster:
              silenceTimeout: 6s
            """;

    @TempDir
    private Path temp;

    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void writeTheFiles() throws IOException {
        Files.writeString(temp.resolve(ShardPlan.FILE), PLAN.toJson());
        Files.writeString(temp.resolve(ShardProcess.JOB_FILE), JOB);
    }

    @AfterEach
    void endProcesses() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aShardServesSavesEndsAndIsRestoredByItsSuccessor() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                Registry registry = Registry.connect(zookeeper.getConnectString(), ZNODE, KEYS.secret(), BOUND, BOUND);
                ShardedParameters parameters = new ShardedParameters(
                        PLAN.shards(),
                        registry.directory(),
                        ThriftShardClient.connector(WireLimits.standard(), KEYS.wire(false)),
                        BOUND)) {
            Process first = start(arguments(zookeeper, 1, Optional.empty()));
            ContiguousParameterBuffer values = new ContiguousParameterBuffer(SIZE);
            RangeSet all = RangeSet.of(0, SIZE);
            long[] versions = parameters.fetch(all, values);
            assertThat(values.get(77))
                    .isEqualTo(PLAN.layout().blocks().get(0).initialisation().at(9, 77));
            ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
            gradient.set(77, 5);
            push(parameters, 1, all, gradient, versions);

            String checkpoint = temp.resolve("checkpoint").toUri().toString();
            ShardAddress address = registry.directory().find(0, BOUND);
            SavedFile saved;
            try (ShardClient client = new ThriftShardClient(address, WireLimits.standard(), KEYS.wire(false))) {
                saved = client.save(checkpoint, List.of(VectorName.PARAMETERS, Adagrad.SQUARES));
            }
            new VectorFiles(new Configuration()).commit(checkpoint, SIZE, List.of(saved));
            first.destroy();
            assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(first.exitValue()).as("ended by SIGTERM").isEqualTo(143);

            start(arguments(zookeeper, 2, Optional.of(checkpoint)));
            ContiguousParameterBuffer restored = new ContiguousParameterBuffer(SIZE);
            assertThat(parameters.fetch(all, restored)).containsExactly(1);
            assertThat(restored.get(77)).isEqualTo(values.get(77) - 1);
            assertThat(push(parameters, 1, all, gradient, versions).receipts().values())
                    .as("a push that the checkpoint contains")
                    .allMatch(PushReceipt::duplicate);

            push(parameters, 2, all, gradient, versions);
            parameters.fetch(all, restored);
            assertThat(restored.get(77))
                    .as("the second update has half the rate, also after the first was restored")
                    .isCloseTo(values.get(77) - 1 - 0.5f / (float) Math.sqrt(2), within(1e-5f));
        }
    }

    /** The first push of an incarnation. */
    private static PushOutcome push(
            ShardedParameters parameters,
            long incarnation,
            RangeSet all,
            ContiguousParameterBuffer from,
            long[] versions)
            throws Exception {
        try (Pushes pushes = parameters.pushes(new PushSource(0, 0, incarnation))) {
            return pushes.push(all, from, versions);
        }
    }

    @Test
    void aShardThatLosesItsSessionStopsServingAndSaysWhy() throws Exception {
        try (TestingServer zookeeper = new TestingServer()) {
            Process process = start(arguments(zookeeper, 4, Optional.empty()));
            try (Registry registry =
                    Registry.connect(zookeeper.getConnectString(), ZNODE, KEYS.secret(), BOUND, BOUND)) {
                registry.directory().find(0, BOUND);
            }
            zookeeper.stop();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ProcessExit.REPLACED.code());
            assertThat(Files.readString(temp.resolve("stderr")))
                    .contains("shard: shard 0, generation 4 has stopped serving: its ZooKeeper session");
        }
    }

    @Test
    void whatTheUserGotWrongIsSaidBeforeAnythingIsStarted() throws Exception {
        ShardArguments outside = new ShardArguments(1, 1, "127.0.0.1:1", ZNODE, "127.0.0.1", false, Optional.empty());
        assertThatThrownBy(() -> new ShardProcess(outside, temp).run())
                .isInstanceOfSatisfying(
                        ShardFailure.class, e -> assertThat(e.status()).isEqualTo(ProcessExit.USER_ERROR))
                .hasMessageContaining("--shard: expected less than 1, found 1");
        Files.writeString(temp.resolve(ShardProcess.JOB_FILE), JOB.replace("adagrad", "adagard"));
        assertThatThrownBy(() -> new ShardProcess(outside, temp).run())
                .hasMessageContaining("job.yaml:7")
                .hasMessageContaining("did you mean 'adagrad'?");
        Files.writeString(temp.resolve(ShardProcess.JOB_FILE), JOB.replace("step", "stepp"));
        assertThatThrownBy(() -> new ShardProcess(outside, temp).run())
                .hasMessageContaining("job.yaml:8")
                .hasMessageContaining("did you mean 'step'?");
        Files.writeString(temp.resolve(ShardProcess.JOB_FILE), JOB);
        ShardArguments inside = new ShardArguments(0, 1, "127.0.0.1:1", ZNODE, "127.0.0.1", false, Optional.empty());
        assertThatThrownBy(() -> new ShardProcess(inside, temp).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected the job's secret");
        Files.delete(temp.resolve(ShardPlan.FILE));
        assertThatThrownBy(() -> new ShardProcess(outside, temp).run())
                .hasMessageContaining("expected the file shards.json");
    }

    @Test
    void argumentsSurviveTheCommandLineAndWrongOnesAreNamed() {
        ShardArguments arguments = new ShardArguments(2, 7, "a:1,b:2", ZNODE, "node", true, Optional.of("hdfs:///c/1"));
        assertThat(ShardArguments.parse(arguments.toCommandLine().toArray(new String[0])))
                .isEqualTo(arguments);
        assertThatThrownBy(() -> ShardArguments.parse("--shrad", "1")).hasMessageContaining("found '--shrad'");
        assertThatThrownBy(() -> ShardArguments.parse("--shard", "1")).hasMessageContaining("missing argument");
        assertThatThrownBy(() -> ShardArguments.parse("--shard", "x")).hasMessageContaining("found 'x'");
    }

    private static ShardArguments arguments(TestingServer zookeeper, long generation, Optional<String> restore) {
        return new ShardArguments(
                0,
                generation,
                zookeeper.getConnectString(),
                ZNODE,
                InetAddress.getLoopbackAddress().getHostAddress(),
                false,
                restore);
    }

    private Process start(ShardArguments arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ShardProcess.class.getName()));
        command.addAll(arguments.toCommandLine());
        Credentials credentials = new Credentials();
        KEYS.addTo(credentials);
        Path tokens = temp.resolve("tokens");
        credentials.writeTokenStorageFile(new org.apache.hadoop.fs.Path(tokens.toUri()), new Configuration());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectError(temp.resolve("stderr").toFile())
                .redirectOutput(temp.resolve("stdout").toFile());
        builder.environment().put("HADOOP_TOKEN_FILE_LOCATION", tokens.toString());
        Process process = builder.start();
        processes.add(process);
        return process;
    }
}
