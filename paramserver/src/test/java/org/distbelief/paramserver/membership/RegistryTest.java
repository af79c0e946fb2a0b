package org.distbelief.paramserver.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistryTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final RangeSet RANGES = RangeSet.of(0, 10);
    private static TestingServer zookeeper;

    private String base = "";

    @BeforeAll
    static void start() throws Exception {
        zookeeper = new TestingServer();
    }

    @AfterAll
    static void stop() throws Exception {
        zookeeper.close();
    }

    @BeforeEach
    void inAnApplicationOfItsOwn(TestInfo test) {
        base = "/distbelief/" + test.getDisplayName().replaceAll("[^A-Za-z]", "");
    }

    @Test
    void aShardIsFoundUntilItsProcessEnds() throws Exception {
        ShardAddress address = new ShardAddress(3, "node7", 4711, 1);
        try (Registry client = connect()) {
            try (Registry shard = connect()) {
                shard.register(address, RANGES);
                assertThat(client.directory().find(3, BOUND)).isEqualTo(address);
            }
            awaitGone(client, 3);
            assertThatThrownBy(() -> client.directory().find(3, Duration.ZERO))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("shard 3 is not registered")
                    .hasMessageContaining(zookeeper.getConnectString())
                    .hasMessageContaining(base);
        }
    }

    @Test
    void theHighestGenerationCounts() throws Exception {
        try (Registry client = connect();
                Registry old = connect();
                Registry fresh = connect()) {
            fresh.register(new ShardAddress(0, "new", 2, 12), RANGES);
            old.register(new ShardAddress(0, "old", 1, 9), RANGES);
            old.register(new ShardAddress(1, "marker", 1, 1), RANGES);
            client.directory().find(1, BOUND);
            assertThat(client.directory().find(0, BOUND).host()).isEqualTo("new");
        }
    }

    @Test
    void whoWaitsIsWokenWhenTheShardAppears() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Registry client = connect();
                Registry shard = connect()) {
            Future<ShardAddress> found = threads.submit(() -> client.directory().find(5, BOUND));
            ShardAddress address = new ShardAddress(5, "node", 99, 2);
            shard.register(address, RANGES);
            assertThat(found.get(20, TimeUnit.SECONDS)).isEqualTo(address);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void oneGenerationCannotBeTakenByTwoProcesses() throws Exception {
        try (Registry first = connect();
                Registry second = connect()) {
            ShardAddress address = new ShardAddress(0, "node", 1, 1);
            first.register(address, RANGES);
            first.register(address, RANGES);
            assertThatThrownBy(() -> second.register(address, RANGES))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot register " + base + "/shards/0/1");
        }
    }

    @Test
    void theNewestAttemptOfTheMasterIsFound() throws Exception {
        try (Registry client = connect();
                Registry first = connect();
                Registry second = connect()) {
            assertThatThrownBy(() -> client.findMaster(Duration.ZERO)).hasMessageContaining("no ApplicationMaster");
            second.register(new MasterAddress("b", 2, 2));
            first.register(new MasterAddress("a", 1, 1));
            first.register(new ShardAddress(1, "marker", 1, 1), RANGES);
            client.directory().find(1, BOUND);
            assertThat(client.findMaster(BOUND)).isEqualTo(new MasterAddress("b", 2, 2));
        }
    }

    @Test
    void aPartitionIsFoundInItsOwnLifeOnly() throws Exception {
        PartitionAddress address = new PartitionAddress(1, 3, 2, "host", 99);
        try (Registry client = connect();
                Registry partition = connect()) {
            partition.register(address);
            assertThat(client.findPartition(1, 3, 2, BOUND)).isEqualTo(address);
            assertThatThrownBy(() -> client.findPartition(1, 4, 2, Duration.ZERO))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("partition 2 of replica 1 is not registered")
                    .hasMessageContaining("replicas/1/4/2");
        }
    }

    @Test
    void atTheEndOfAJobNothingIsLeft() throws Exception {
        try (Registry master = connect();
                CuratorFramework plain =
                        CuratorFrameworkFactory.newClient(zookeeper.getConnectString(), new RetryOneTime(100))) {
            plain.start();
            master.register(new MasterAddress("a", 1, 1));
            assertThat(plain.checkExists().forPath(base)).isNotNull();
            master.deleteAll();
            master.deleteAll();
            assertThat(plain.checkExists().forPath(base)).isNull();
        }
    }

    @Test
    void aLostSessionIsReported() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        try (TestingServer doomed = new TestingServer();
                Registry shard = Registry.connect(doomed.getConnectString(), base, Duration.ofSeconds(2), BOUND)) {
            shard.onSessionLost(lost::countDown);
            shard.register(new ShardAddress(0, "node", 1, 1), RANGES);
            assertThat(lost.getCount()).isEqualTo(1);
            doomed.stop();
            assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void zookeeperThatDoesNotAnswerIsNamedWithWhatToDo() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String connect = "127.0.0.1:" + deaf.getLocalPort();
            assertThatThrownBy(() -> Registry.connect(connect, base, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(connect)
                    .hasMessageContaining("within 1 s")
                    .hasMessageContaining("cluster.zookeeper");
        }
    }

    private Registry connect() throws Exception {
        return Registry.connect(zookeeper.getConnectString(), base, Duration.ofSeconds(10), BOUND);
    }

    /** A shard that registers later is seen later; ZooKeeper tells every client its changes in their order. */
    private void awaitGone(Registry client, int shard) throws Exception {
        try (Registry marker = connect()) {
            marker.register(new ShardAddress(shard + 1000, "marker", 1, 1), RANGES);
            client.directory().find(shard + 1000, BOUND);
        }
    }
}
