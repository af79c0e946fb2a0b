package org.distbelief.paramserver.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.apache.hadoop.conf.Configuration;
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
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.storage.SavedFile;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShardProcessTest {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String ZNODE = ShardProcesses.ZNODE;
    private static final int SIZE = 30_000;
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

    @BeforeEach
    void writeTheFiles() throws IOException {
        Files.writeString(temp.resolve(ShardPlan.FILE), PLAN.toJson());
        Files.writeString(temp.resolve(ShardProcess.JOB_FILE), JOB);
    }

    @Test
    void aShardServesSavesEndsAndIsRestoredByItsSuccessor() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                ShardProcesses shard = new ShardProcesses(temp, zookeeper, PLAN, JOB);
                Registry registry = shard.registry();
                ShardedParameters parameters = new ShardedParameters(
                        PLAN.shards(),
                        registry.directory(),
                        ThriftShardClient.connector(WireLimits.standard(), shard.keys.wire(false)),
                        BOUND)) {
            Process first = shard.start(1, false, Optional.empty());
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
            try (ShardClient client = new ThriftShardClient(address, WireLimits.standard(), shard.keys.wire(false))) {
                saved = client.save(checkpoint, List.of(VectorName.PARAMETERS, Adagrad.SQUARES));
            }
            new VectorFiles(new Configuration()).commit(checkpoint, SIZE, List.of(saved));
            first.destroy();
            assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(first.exitValue()).as("ended by SIGTERM").isEqualTo(143);

            shard.start(2, false, Optional.of(checkpoint));
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
        try (TestingServer zookeeper = new TestingServer();
                ShardProcesses shard = new ShardProcesses(temp, zookeeper, PLAN, JOB)) {
            Process process = shard.start(4, false, Optional.empty());
            try (Registry registry = shard.registry()) {
                registry.directory().find(0, BOUND);
            }
            zookeeper.stop();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ProcessExit.REPLACED.code());
            assertThat(shard.errors(4))
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
}
