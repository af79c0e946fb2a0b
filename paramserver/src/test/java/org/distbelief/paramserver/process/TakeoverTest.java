package org.distbelief.paramserver.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.test.TestingServer;
import org.distbelief.conf.ProcessExit;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.ShardPlan;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.membership.Registry;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.AppliedPushes;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard of two processes, under load, of which one or the other is killed. Gradients are of ones: a parameter counts
 * the updates that have been applied to it.
 */
@Timeout(180)
class TakeoverTest {
    private static final Duration BOUND = Duration.ofSeconds(40);
    private static final int SIZE = 600_000;
    private static final int REPLICAS = 3;
    private static final RangeSet ALL = RangeSet.of(0, SIZE);
    private static final ShardPlan PLAN = ShardPlan.of(
            new ParameterLayout(List.of(new Block("w", new Range(0, SIZE), new Initialisation.Constant(0)))), 1, 9);
    private static final String JOB = """
            output: out
            model:
              layers: [fullyConnected]
            data:
              path: in
            shards:
              replication: 2
            downpour:
              update: {sgd: {learningRate: 1}}
            cluster:
              silenceTimeout: 6s
            """;

    @TempDir
    private Path temp;

    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void noAcknowledgedUpdateIsLostOrDoubledWhoeverIsKilled() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(REPLICAS);
        try (TestingServer zookeeper = new TestingServer();
                ShardProcesses shard = new ShardProcesses(temp, zookeeper, PLAN, JOB);
                Registry registry = shard.registry();
                ShardedParameters parameters = parameters(shard, registry)) {
            shard.start(1, false, Optional.empty());
            shard.start(2, true, Optional.empty());
            List<Future<Long>> replicas = new ArrayList<>();
            for (int replica = 0; replica < REPLICAS; replica++) {
                int index = replica;
                replicas.add(threads.submit(() -> train(parameters, index)));
            }
            awaitInSync(shard, registry, 1, 2);
            killPrimary(shard, registry, 1, true);
            shard.start(3, true, Optional.empty());
            awaitInSync(shard, registry, 2, 3);
            shard.kill(3);
            shard.start(4, true, Optional.empty());
            awaitInSync(shard, registry, 2, 4);
            // Nobody tells ZooKeeper: it finds out by itself.
            killPrimary(shard, registry, 2, false);
            awaitServing(shard, registry, 4);
            shard.start(5, true, Optional.empty());
            awaitInSync(shard, registry, 4, 5);
            over.set(true);
            long updates = 0;
            for (Future<Long> replica : replicas) {
                updates += replica.get(60, TimeUnit.SECONDS);
            }
            counted(shard, registry, parameters, 4, updates);
            killPrimary(shard, registry, 4, true);
            awaitServing(shard, registry, 5);
            counted(shard, registry, parameters, 5, updates);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void aStandbyThatFellBehindDoesNotTakeOverAndSaysSo() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                // It is done without before ZooKeeper would miss it.
                ShardProcesses shard = new ShardProcesses(temp, zookeeper, PLAN, JOB.replace("6s", "40s"));
                Registry registry = shard.registry()) {
            shard.start(1, false, Optional.empty());
            Process standby = shard.start(2, true, Optional.empty());
            awaitInSync(shard, registry, 1, 2);
            signal(standby, "STOP");
            // 0 only when its mark is off, too: until then it may take over, and rightly.
            await(shard, registry, status -> status.copy().other() == 0);
            killPrimary(shard, registry, 1, true);
            signal(standby, "CONT");
            assertThat(standby.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(standby.exitValue()).isEqualTo(ProcessExit.REPLACED.code());
            assertThat(shard.errors(2)).contains("it can't take over");
        }
    }

    private static void signal(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void bothEndWhenAProcessThatWasStartedLaterServes() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                ShardProcesses shard = new ShardProcesses(temp, zookeeper, PLAN, JOB);
                Registry registry = shard.registry()) {
            Process primary = shard.start(1, false, Optional.empty());
            Process standby = shard.start(2, true, Optional.empty());
            awaitInSync(shard, registry, 1, 2);
            registry.registration(new ShardAddress(0, "127.0.0.1", 1, 9), ALL).serve(BOUND);
            for (Process process : List.of(primary, standby)) {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(ProcessExit.REPLACED.code());
            }
            assertThat(shard.errors(1)).contains("another process takes the shard over");
            assertThat(shard.errors(2))
                    .containsAnyOf("this standby is not needed any more", "another process has taken its place");
        }
    }

    private static ShardedParameters parameters(ShardProcesses shard, Registry registry) {
        return new ShardedParameters(
                PLAN.shards(),
                registry.directory(),
                ThriftShardClient.connector(WireLimits.standard(), shard.keys.wire(false)),
                BOUND);
    }

    /** Pushes until it is over; returns how many updates were acknowledged. */
    private long train(ShardedParameters parameters, int replica) throws Exception {
        ContiguousParameterBuffer gradient = new ContiguousParameterBuffer(SIZE);
        for (int i = 0; i < SIZE; i++) {
            gradient.set(i, 1);
        }
        long updates = 0;
        try (Pushes pushes = parameters.pushes(new PushSource(replica, 0, 1))) {
            while (!over.get()) {
                pushes.push(ALL, gradient, new long[] {-1});
                updates++;
            }
        }
        return updates;
    }

    private static void killPrimary(ShardProcesses shard, Registry registry, long generation, boolean told)
            throws Exception {
        shard.kill(generation);
        if (told) {
            // As the ApplicationMaster does.
            registry.forget(0, generation);
        }
        assertThat(registry.awaitUnserved(0, BOUND)).isTrue();
    }

    private static ShardStatus status(ShardProcesses shard, Registry registry) throws Exception {
        ShardAddress address = registry.directory().find(0, BOUND);
        try (ShardClient client = new ThriftShardClient(address, WireLimits.standard(), shard.keys.wire(false))) {
            return client.status();
        }
    }

    private static void awaitServing(ShardProcesses shard, Registry registry, long generation) throws Exception {
        await(
                shard,
                registry,
                status -> status.generation() == generation && status.copy().serving());
    }

    private static void awaitInSync(ShardProcesses shard, Registry registry, long primary, long standby)
            throws Exception {
        await(
                shard,
                registry,
                status -> status.generation() == primary
                        && status.copy().other() == standby
                        && status.copy().inSync());
    }

    private static void await(
            ShardProcesses shard, Registry registry, java.util.function.Predicate<ShardStatus> condition)
            throws Exception {
        long deadline = System.nanoTime() + BOUND.toNanos();
        Object last = "nothing";
        while (System.nanoTime() < deadline) {
            try {
                ShardStatus status = status(shard, registry);
                if (condition.test(status)) {
                    return;
                }
                last = status;
            } catch (IOException | ShardException e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("not within " + BOUND + "; the last that was heard: " + last);
    }

    private static void counted(
            ShardProcesses shard, Registry registry, ShardedParameters parameters, long generation, long updates)
            throws Exception {
        ContiguousParameterBuffer values = new ContiguousParameterBuffer(SIZE);
        parameters.fetch(ALL, values);
        for (int i = 0; i < SIZE; i++) {
            assertThat(-values.get(i)).as("updates of parameter " + i).isEqualTo((float) updates);
        }
        ShardStatus status = status(shard, registry);
        assertThat(status.generation()).isEqualTo(generation);
        assertThat(status.version()).isEqualTo(updates);
        assertThat(status.pushes().stream().mapToLong(AppliedPushes::applied).sum())
                .isEqualTo(updates);
    }
}
