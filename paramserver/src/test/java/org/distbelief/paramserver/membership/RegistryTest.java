package org.distbelief.paramserver.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.security.JobSecret;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistryTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    /** How often ZooKeeper looks for empty container nodes. */
    private static final String CHECK_INTERVAL = "znode.container.checkIntervalMs";

    private static final JobSecret SECRET = JobSecret.random(new SecureRandom());
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
                shard.registration(address, RANGES).serve(Duration.ofSeconds(20));
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
            fresh.registration(new ShardAddress(0, "new", 2, 12), RANGES).serve(Duration.ofSeconds(20));
            assertThatThrownBy(() -> old.registration(new ShardAddress(0, "old", 1, 9), RANGES)
                            .serve(Duration.ofSeconds(20)))
                    .hasMessageContaining("generation 12 serves, which was started later");
            old.registration(new ShardAddress(1, "marker", 1, 1), RANGES).serve(Duration.ofSeconds(20));
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
            shard.registration(address, RANGES).serve(Duration.ofSeconds(20));
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
            first.registration(address, RANGES).serve(Duration.ofSeconds(20));
            first.registration(address, RANGES).serve(Duration.ofSeconds(20));
            assertThatThrownBy(() -> second.registration(address, RANGES).serve(Duration.ofSeconds(20)))
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
            first.registration(new ShardAddress(1, "marker", 1, 1), RANGES).serve(Duration.ofSeconds(20));
            client.directory().find(1, BOUND);
            assertThat(client.findMaster(BOUND)).isEqualTo(new MasterAddress("b", 2, 2));
        }
    }

    @Test
    void theCoordinatorOfTheHighestTermIsFoundUntilItsProcessEnds() throws Exception {
        try (Registry client = connect();
                Registry first = connect()) {
            assertThatThrownBy(() -> client.findCoordinator(Duration.ZERO))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no coordinator that leads is registered")
                    .hasMessageContaining(base + "/coordinator");
            CoordinatorAddress old = new CoordinatorAddress("a", 1, 9);
            CoordinatorAddress fresh = new CoordinatorAddress("b", 2, 10);
            first.register(old);
            assertThat(client.findCoordinator(BOUND)).isEqualTo(old);
            try (Registry second = connect()) {
                second.register(fresh);
                second.registration(new ShardAddress(1, "marker", 1, 1), RANGES).serve(Duration.ofSeconds(20));
                client.directory().find(1, BOUND);
                assertThat(client.findCoordinator(BOUND)).isEqualTo(fresh);
            }
            awaitGone(client, 1);
            assertThat(client.findCoordinator(BOUND)).isEqualTo(old);
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
            String name = base.substring("/distbelief/".length());
            assertThat(plain.getChildren().forPath("/distbelief")).contains(name);
            master.deleteAll();
            master.deleteAll();
            assertThat(plain.getChildren().forPath("/distbelief")).doesNotContain(name);
        }
    }

    @Test
    void onlyWhoHoldsTheSecretMayReadWriteMakeAndDelete() throws Exception {
        JobSecret another = JobSecret.random(new SecureRandom());
        try (Registry master = connect();
                CuratorFramework plain =
                        CuratorFrameworkFactory.newClient(zookeeper.getConnectString(), new RetryOneTime(100));
                CuratorFramework neighbour = CuratorFrameworkFactory.builder()
                        .connectString(zookeeper.getConnectString())
                        .retryPolicy(new RetryOneTime(100))
                        .authorization(new JobAccess(base, another).credentials())
                        .build()) {
            master.register(new MasterAddress("a", 1, 1));
            master.registration(new ShardAddress(0, "node", 1, 1), RANGES).serve(Duration.ofSeconds(20));
            for (CuratorFramework stranger : List.of(plain, neighbour)) {
                stranger.start();
                for (String path : List.of(base, base + "/master", base + "/master/1", base + "/shards/0/1")) {
                    assertRefused(() -> stranger.getData().forPath(path));
                    assertRefused(() -> stranger.getChildren().forPath(path));
                    assertRefused(() -> stranger.setData().forPath(path, new byte[1]));
                    assertRefused(() -> stranger.setACL()
                            .withACL(ZooDefs.Ids.OPEN_ACL_UNSAFE)
                            .forPath(path));
                }
                assertRefused(() -> stranger.create().forPath(base + "/shards/1"));
                assertRefused(() -> stranger.create().forPath(base + "/shards/0/2"));
                assertRefused(() -> stranger.delete().forPath(base + "/master/1"));
                assertThat(stranger.getChildren().forPath("/distbelief"))
                        .contains(base.substring("/distbelief/".length()));
                assertRefused(() ->
                        stranger.setACL().withACL(ZooDefs.Ids.READ_ACL_UNSAFE).forPath("/distbelief"));
            }
            assertThatThrownBy(() -> Registry.connect(
                                    zookeeper.getConnectString(), base, another, Duration.ofSeconds(10), BOUND)
                            .close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(base)
                    .hasMessageContaining("NoAuth");
            try (Registry other = connect()) {
                assertThat(other.findMaster(BOUND)).isEqualTo(new MasterAddress("a", 1, 1));
            }
        }
    }

    private static void assertRefused(ThrowingCallable what) {
        assertThatThrownBy(what).isInstanceOf(KeeperException.NoAuthException.class);
    }

    @Test
    void nodesThatSomebodyElseHasMadeForAllToWriteAreNotUsed() throws Exception {
        try (CuratorFramework plain =
                CuratorFrameworkFactory.newClient(zookeeper.getConnectString(), new RetryOneTime(100))) {
            plain.start();
            plain.create().creatingParentsIfNeeded().forPath(base);
            assertThatThrownBy(() -> connect().close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(base)
                    .hasMessageContaining("somebody else has made it");
        }
    }

    @Test
    void whatADeadJobLeavesIsRemovedByZooKeeperItself() throws Exception {
        System.setProperty(CHECK_INTERVAL, "50");
        try (TestingServer own = new TestingServer();
                CuratorFramework plain =
                        CuratorFrameworkFactory.newClient(own.getConnectString(), new RetryOneTime(100))) {
            plain.start();
            try (Registry job = Registry.connect(own.getConnectString(), base, SECRET, BOUND, BOUND)) {
                job.registration(new ShardAddress(0, "node", 1, 1), RANGES).serve(Duration.ofSeconds(20));
                job.register(new MasterAddress("a", 1, 1));
                job.register(new PartitionAddress(0, 1, 0, "node", 2));
                assertThat(plain.getChildren().forPath("/distbelief")).hasSize(1);
            }
            while (!plain.getChildren().forPath("/distbelief").isEmpty()) {
                Thread.onSpinWait();
            }
        } finally {
            System.clearProperty(CHECK_INTERVAL);
        }
    }

    @Test
    void aLostSessionIsReported() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        try (TestingServer doomed = new TestingServer();
                Registry shard =
                        Registry.connect(doomed.getConnectString(), base, SECRET, Duration.ofSeconds(2), BOUND)) {
            shard.onSessionLost(lost::countDown);
            shard.registration(new ShardAddress(0, "node", 1, 1), RANGES).serve(Duration.ofSeconds(20));
            assertThat(lost.getCount()).isEqualTo(1);
            doomed.stop();
            assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void zookeeperThatDoesNotAnswerIsNamedWithWhatToDo() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String connect = "127.0.0.1:" + deaf.getLocalPort();
            assertThatThrownBy(
                            () -> Registry.connect(connect, base, SECRET, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(connect)
                    .hasMessageContaining("within 1 s")
                    .hasMessageContaining("cluster.zookeeper");
        }
    }

    private Registry connect() throws Exception {
        return Registry.connect(zookeeper.getConnectString(), base, SECRET, Duration.ofSeconds(10), BOUND);
    }

    /** A shard that registers later is seen later; ZooKeeper tells every client its changes in their order. */
    private void awaitGone(Registry client, int shard) throws Exception {
        try (Registry marker = connect()) {
            marker.registration(new ShardAddress(shard + 1000, "marker", 1, 1), RANGES)
                    .serve(Duration.ofSeconds(20));
            client.directory().find(shard + 1000, BOUND);
        }
    }
}
