package org.distbelief.paramserver.membership;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardDirectory;
import org.distbelief.paramserver.security.JobSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's part of ZooKeeper, below a path of its own: {@code shards/INDEX/GENERATION},
 * {@code standbys/INDEX/GENERATION}, {@code master/ATTEMPT}, {@code coordinator/TERM} and
 * {@code replicas/INDEX/INCARNATION/PARTITION}, ephemeral. The nodes above them are ZooKeeper's container nodes, which
 * it removes by itself a while after the last of what they hold is gone: however a job ends, nothing of it stays. Only
 * those who hold the job's secret have access, see {@link JobAccess}. For any number of threads.
 */
public final class Registry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final String MASTER = "master";
    private static final String COORDINATOR = "coordinator";
    private static final String SHARDS = "shards";
    private static final String STANDBYS = "standbys";
    private static final String ELECTION = "election";
    private static final String REPLICAS = "replicas";

    /**
     * The session counts as lost here when this part of its time-out is over, so that a process that is cut off stops
     * serving before ZooKeeper lets its successor appear.
     */
    private static final int LOST_PERCENT = 66;

    private final String connect;
    private final String base;
    private final CuratorFramework client;
    private final Nodes nodes;
    private final CuratorCache cache;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Members<ShardAddress> shards = new Members<>();
    private final Members<ShardAddress> standbys = new Members<>();
    private final Members<MasterAddress> masters = new Members<>();
    private final Members<CoordinatorAddress> coordinators = new Members<>();
    private final Members<PartitionAddress> partitions = new Members<>();
    private final List<Runnable> onLost = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> onGone = new ConcurrentHashMap<>();

    private Registry(String connect, String base, CuratorFramework client) {
        this.connect = connect;
        this.base = base;
        this.client = client;
        this.nodes = new Nodes(client, connect);
        this.cache = CuratorCache.build(client, base);
    }

    /**
     * Connects to ZooKeeper.
     *
     * @param connect ZooKeeper's connect string, such as {@code host1:2181,host2:2181}
     * @param base the job's path, such as {@code /distbelief/application_1_0001}
     * @param secret whose holders alone may read, write, make and delete what is there
     * @param session after how long without a sign of life ZooKeeper forgets this process
     * @param bound how long to wait for ZooKeeper
     * @throws IOException where ZooKeeper cannot be reached in that time; says what to do
     */
    public static Registry connect(String connect, String base, JobSecret secret, Duration session, Duration bound)
            throws IOException, InterruptedException {
        JobAccess access = new JobAccess(base, secret);
        CuratorFramework client = session(connect, session, bound)
                .authorization(access.credentials())
                .aclProvider(access)
                .build();
        Registry registry = new Registry(connect, base, client);
        boolean connected = false;
        try {
            registry.start(bound);
            connected = true;
            return registry;
        } finally {
            if (!connected) {
                registry.close();
            }
        }
    }

    /**
     * Checks that ZooKeeper answers; changes nothing there.
     *
     * @throws IOException where it cannot be reached within the bound; says what to do
     */
    public static void requireAnswer(String connect, Duration bound) throws IOException, InterruptedException {
        try (CuratorFramework client = session(connect, bound, bound).build()) {
            client.start();
            await(client, connect, bound);
        }
    }

    private static CuratorFrameworkFactory.Builder session(String connect, Duration session, Duration bound) {
        int sessionMillis = (int) session.toMillis();
        return CuratorFrameworkFactory.builder()
                .connectString(connect)
                .sessionTimeoutMs(sessionMillis)
                .connectionTimeoutMs((int) Math.min(sessionMillis, bound.toMillis()))
                .simulatedSessionExpirationPercent(LOST_PERCENT)
                // The servers stay those that the job was given; a look for others fails loudly where it is closed
                // early.
                .ensembleTracker(false)
                .retryPolicy(new ExponentialBackoffRetry(100, 4, 2000));
    }

    private static void await(CuratorFramework client, String connect, Duration bound)
            throws IOException, InterruptedException {
        if (!client.blockUntilConnected((int) bound.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("ZooKeeper at " + connect + " did not answer within " + bound.toSeconds()
                    + " s; check that it runs, and that cluster.zookeeper in the job file or the cluster's"
                    + " hadoop.zk.address names it");
        }
    }

    private void start(Duration bound) throws IOException, InterruptedException {
        client.getConnectionStateListenable().addListener((c, state) -> {
            if (state == ConnectionState.LOST) {
                LOG.error("The ZooKeeper session at {} is lost", connect);
                onLost.forEach(Runnable::run);
            }
        });
        client.start();
        await(client, connect, bound);
        nodes.attempt("make " + base, () -> {
            ensure(base);
            return base;
        });
        cache.listenable()
                .addListener(CuratorCacheListener.builder()
                        .forCreates(this::appeared)
                        .forChanges((before, after) -> appeared(after))
                        .forDeletes(this::gone)
                        .build());
        cache.start();
    }

    /** Has something done, in a thread of ZooKeeper's client, when the session is lost. */
    public void onSessionLost(Runnable action) {
        onLost.add(action);
    }

    /**
     * A process of a shard, which registers itself by what this returns, for as long as this registry's session lasts.
     *
     * @param ranges what it holds
     */
    public ShardRegistration registration(ShardAddress address, RangeSet ranges) {
        return new ShardRegistration(nodes, mapper, base + "/" + SHARDS, base + "/" + STANDBYS, address, ranges);
    }

    /** Has something done, in a thread of ZooKeeper's client, when the registration of a shard's process is gone. */
    public void onShardGone(int shard, long generation, Runnable action) {
        onGone.put(base + "/" + SHARDS + "/" + shard + "/" + generation, action);
    }

    /** Waits until nobody is registered as serving a shard; says whether that is so. */
    public boolean awaitUnserved(int shard, Duration bound) throws InterruptedException {
        return shards.awaitNone(Integer.toString(shard), bound);
    }

    /** Takes part in the election of the coordinator that leads. */
    public Leadership election() throws IOException {
        return Leadership.begin(client, base + "/" + ELECTION);
    }

    /** Makes the ApplicationMaster known for as long as this registry's session lasts. */
    public void register(MasterAddress address) throws IOException {
        create(base + "/" + MASTER + "/" + address.attempt(), address);
    }

    /** Makes a coordinator that leads known for as long as this registry's session lasts. */
    public void register(CoordinatorAddress address) throws IOException {
        create(base + "/" + COORDINATOR + "/" + address.term(), address);
    }

    /** Makes a partition of a replica known for as long as this registry's session lasts. */
    public void register(PartitionAddress address) throws IOException {
        create(base + "/" + name(address.replica(), address.incarnation(), address.partition()), address);
    }

    private static String name(int replica, long incarnation, int partition) {
        return REPLICAS + "/" + replica + "/" + incarnation + "/" + partition;
    }

    /**
     * Where a partition of a replica listens.
     *
     * @param bound how long to wait for it to appear
     */
    public PartitionAddress findPartition(int replica, long incarnation, int partition, Duration bound)
            throws IOException, InterruptedException {
        String name = name(replica, incarnation, partition);
        return partitions
                .await(name, bound)
                .orElseThrow(() -> new IOException("partition " + partition + " of replica " + replica
                        + " is not registered at ZooKeeper " + connect + " as " + base + "/" + name + " after "
                        + bound.toSeconds() + " s"));
    }

    /** Where the shards are; kept up to date by watches. Valid until the registry is closed. */
    public ShardDirectory directory() {
        return directory(shards, SHARDS);
    }

    /** Where the standbys of the shards are; kept up to date by watches. Valid until the registry is closed. */
    public ShardDirectory standbys() {
        return directory(standbys, STANDBYS);
    }

    private ShardDirectory directory(Members<ShardAddress> known, String below) {
        return (shard, bound) -> known.await(Integer.toString(shard), bound)
                .orElseThrow(() -> new IOException("shard " + shard + " is not registered at ZooKeeper " + connect
                        + " below " + base + "/" + below + " after " + bound.toSeconds() + " s"));
    }

    /**
     * Removes what a shard's process has registered, serving or as a standby, before its session ends by itself. Only
     * for a process that has ended for certain: a standby may take over at once.
     */
    public void forget(int shard, long generation) throws IOException {
        delete(SHARDS, shard, generation);
        delete(STANDBYS, shard, generation);
    }

    /** Removes what a process has registered as a standby: it can't take over any more, whether it runs or not. */
    public void forgetStandby(int shard, long generation) throws IOException {
        delete(STANDBYS, shard, generation);
    }

    private void delete(String below, int shard, long generation) throws IOException {
        String path = base + "/" + below + "/" + shard + "/" + generation;
        nodes.attempt("delete " + path, () -> {
            client.delete().quietly().forPath(path);
            return path;
        });
    }

    /**
     * Where the newest attempt of the ApplicationMaster serves.
     *
     * @param bound how long to wait for it to appear
     */
    public MasterAddress findMaster(Duration bound) throws IOException, InterruptedException {
        return masters.await(MASTER, bound)
                .orElseThrow(() -> new IOException("no ApplicationMaster is registered at ZooKeeper " + connect
                        + " below " + base + "/" + MASTER + " after " + bound.toSeconds() + " s"));
    }

    /**
     * Where the coordinator of the highest term serves.
     *
     * @param bound how long to wait for one to appear
     */
    public CoordinatorAddress findCoordinator(Duration bound) throws IOException, InterruptedException {
        return coordinators
                .await(COORDINATOR, bound)
                .orElseThrow(() -> new IOException("no coordinator that leads is registered at ZooKeeper " + connect
                        + " below " + base + "/" + COORDINATOR + " after " + bound.toSeconds() + " s"));
    }

    /** Removes everything that the job has left in ZooKeeper. */
    public void deleteAll() throws IOException {
        nodes.attempt("delete " + base, () -> {
            try {
                client.delete().deletingChildrenIfNeeded().forPath(base);
            } catch (KeeperException.NoNodeException e) {
                LOG.debug("{} is gone already", base);
            }
            return base;
        });
    }

    /** Ends the session: what was registered disappears at once. */
    @Override
    public void close() {
        cache.close();
        client.close();
    }

    private void create(String path, Object node) throws IOException {
        nodes.attempt("register " + path, () -> {
            nodes.create(path, mapper.writeValueAsBytes(node));
            return path;
        });
    }

    private void ensure(String path) throws Exception {
        try {
            client.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.CONTAINER)
                    .forPath(path, new byte[0]);
        } catch (KeeperException.NodeExistsException e) {
            requireOurs(path);
        }
    }

    /** Names of jobs can be guessed: somebody may have made the node beforehand, for all to write. */
    private void requireOurs(String path) throws Exception {
        for (ACL right : client.getACL().forPath(path)) {
            if (right.getId().getScheme().equals(ZooDefs.Ids.ANYONE_ID_UNSAFE.getScheme())) {
                throw new IOException("it exists, and " + right.getId().getId()
                        + " has access to it: somebody else has made it; delete it and submit the job again");
            }
        }
    }

    private void appeared(ChildData node) {
        if (ShardRegistration.isVoid(node.getData())) {
            // One of the nodes above the others, or a shard's process that must end.
            gone(node);
            return;
        }
        List<String> parts = parts(node);
        try {
            if (parts.size() == 3 && parts.get(0).equals(SHARDS)) {
                ShardNode shard = mapper.readValue(node.getData(), ShardNode.class);
                int index = Integer.parseInt(parts.get(1));
                shards.add(
                        parts.get(1),
                        shard.generation(),
                        new ShardAddress(index, shard.host(), shard.port(), shard.generation()));
            } else if (parts.size() == 3 && parts.get(0).equals(STANDBYS)) {
                StandbyNode standby = mapper.readValue(node.getData(), StandbyNode.class);
                int index = Integer.parseInt(parts.get(1));
                standbys.add(
                        parts.get(1),
                        standby.generation(),
                        new ShardAddress(index, standby.host(), standby.port(), standby.generation()));
            } else if (parts.size() == 2 && parts.get(0).equals(MASTER)) {
                MasterAddress master = mapper.readValue(node.getData(), MasterAddress.class);
                masters.add(MASTER, master.attempt(), master);
            } else if (parts.size() == 2 && parts.get(0).equals(COORDINATOR)) {
                CoordinatorAddress coordinator = mapper.readValue(node.getData(), CoordinatorAddress.class);
                coordinators.add(COORDINATOR, coordinator.term(), coordinator);
            } else if (parts.size() == 4 && parts.get(0).equals(REPLICAS)) {
                partitions.add(String.join("/", parts), 0, mapper.readValue(node.getData(), PartitionAddress.class));
            }
        } catch (IOException | NumberFormatException e) {
            LOG.warn(
                    "Left out node {}, which is not what a process of the job writes: {}",
                    node.getPath(),
                    e.toString());
        }
    }

    private void gone(ChildData node) {
        Runnable action = onGone.get(node.getPath());
        if (action != null) {
            action.run();
        }
        List<String> parts = parts(node);
        try {
            if (parts.size() == 3 && parts.get(0).equals(SHARDS)) {
                shards.remove(parts.get(1), Long.parseLong(parts.get(2)));
            } else if (parts.size() == 3 && parts.get(0).equals(STANDBYS)) {
                standbys.remove(parts.get(1), Long.parseLong(parts.get(2)));
            } else if (parts.size() == 2 && parts.get(0).equals(MASTER)) {
                masters.remove(MASTER, Long.parseLong(parts.get(1)));
            } else if (parts.size() == 2 && parts.get(0).equals(COORDINATOR)) {
                coordinators.remove(COORDINATOR, Long.parseLong(parts.get(1)));
            } else if (parts.size() == 4 && parts.get(0).equals(REPLICAS)) {
                partitions.remove(String.join("/", parts), 0);
            }
        } catch (NumberFormatException e) {
            LOG.debug("Node {} is gone, which was no member", node.getPath());
        }
    }

    /** The names of a node and its parents below the base. */
    private List<String> parts(ChildData node) {
        String path = node.getPath();
        return path.length() <= base.length() + 1
                ? List.of()
                : Arrays.asList(path.substring(base.length() + 1).split("/", -1));
    }
}
