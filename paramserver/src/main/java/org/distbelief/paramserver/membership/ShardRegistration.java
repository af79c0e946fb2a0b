package org.distbelief.paramserver.membership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.standby.Leading;
import org.distbelief.paramserver.standby.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a shard in ZooKeeper: {@code shards/INDEX/GENERATION} while it serves,
 * {@code standbys/INDEX/GENERATION} while it follows. A standby's node says with which process it is in sync. Every
 * step is one transaction that checks what it relies on, so that reads which are behind do no harm.
 */
public final class ShardRegistration implements Registration {
    private static final Logger LOG = LoggerFactory.getLogger(ShardRegistration.class);
    private static final byte[] VOID = new byte[0];
    private static final long LOOK_MILLIS = 100;

    private final CuratorFramework client;
    private final ObjectMapper mapper;
    private final Nodes nodes;
    private final ShardAddress address;
    private final String shards;
    private final String standbys;
    private final byte[] serving;

    ShardRegistration(
            Nodes nodes, ObjectMapper mapper, String shards, String standbys, ShardAddress address, RangeSet ranges) {
        this.client = nodes.client();
        this.mapper = mapper;
        this.nodes = nodes;
        this.address = address;
        this.shards = shards + "/" + address.shard();
        this.standbys = standbys + "/" + address.shard();
        this.serving = json(new ShardNode(address.host(), address.port(), ranges, address.generation()));
    }

    private byte[] json(Object node) {
        try {
            return mapper.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Registers this process as serving, in the place of all that were started earlier: they learn that they must end,
     * and what they have marked can't take over any more. Waits until they have ended, or ZooKeeper has forgotten them.
     *
     * @param bound how long to wait for that at most: the time-out of their sessions
     * @throws IOException also where a process that was started later serves
     */
    public void serve(Duration bound) throws IOException {
        nodes.attempt("register " + own(shards), () -> {
            for (long standby : starts(standbys)) {
                if (standby < address.generation()) {
                    client.delete().quietly().forPath(standbys + "/" + standby);
                }
            }
            long deadline = System.nanoTime() + bound.toNanos();
            while (makeEarlierVoid() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            for (long other : starts(shards)) {
                if (other > address.generation()) {
                    throw new IOException("generation " + other + " serves, which was started later");
                }
                if (other < address.generation()) {
                    client.delete().quietly().forPath(shards + "/" + other);
                }
            }
            nodes.create(own(shards), serving);
            if (starts(shards).stream().anyMatch(other -> other > address.generation())) {
                client.delete().quietly().forPath(own(shards));
                throw new IOException("a process that was started later has registered at the same time");
            }
            makeEarlierVoid();
            return true;
        });
    }

    /** Says whether somebody is registered who was started earlier. */
    private boolean makeEarlierVoid() throws Exception {
        boolean found = false;
        for (long earlier : starts(shards)) {
            if (earlier < address.generation()) {
                found = true;
                try {
                    client.setData().forPath(shards + "/" + earlier, VOID);
                } catch (KeeperException.NoNodeException e) {
                    LOG.debug("Generation {} is gone", earlier);
                }
            }
        }
        // After that: nobody who is void can mark anybody any more.
        for (long standby : starts(standbys)) {
            takeEarlierMarkOff(standbys + "/" + standby);
        }
        return found;
    }

    private void takeEarlierMarkOff(String path) throws Exception {
        try {
            Stat stat = new Stat();
            StandbyNode node =
                    mapper.readValue(client.getData().storingStatIn(stat).forPath(path), StandbyNode.class);
            if (node.inSyncWith() > 0 && node.inSyncWith() < address.generation()) {
                client.setData().withVersion(stat.getVersion()).forPath(path, marked(node, 0));
            }
        } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
            LOG.debug("{} has changed meanwhile", path, e);
        }
    }

    private byte[] marked(StandbyNode node, long inSyncWith) {
        return json(new StandbyNode(node.host(), node.port(), node.generation(), inSyncWith));
    }

    /** Whether a registration has been made void by a process that was started later. */
    static boolean isVoid(byte[] data) {
        return data.length == 0;
    }

    private List<Long> starts(String folder) throws Exception {
        return children(folder).stream().map(Long::valueOf).toList();
    }

    private List<String> children(String folder) throws Exception {
        try {
            return client.getChildren().forPath(folder);
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }

    /** Registers this process as a standby. */
    public void follow() throws IOException {
        nodes.attempt("register " + own(standbys), () -> {
            nodes.create(own(standbys), json(new StandbyNode(address.host(), address.port(), address.generation(), 0)));
            return true;
        });
    }

    private String own(String folder) {
        return folder + "/" + address.generation();
    }

    /** ZooKeeper removes it again when it has had a child and has none any more. */
    private void ensure(String folder) throws Exception {
        try {
            client.create()
                    .creatingParentContainersIfNeeded()
                    .withMode(CreateMode.CONTAINER)
                    .forPath(folder, new byte[0]);
        } catch (KeeperException.NodeExistsException e) {
            // Made by another process of the shard.
            return;
        }
    }

    @Override
    public Leading.Marked mark(long standby) throws IOException {
        return nodes.attempt("mark generation " + standby, () -> write(standby, address.generation()));
    }

    @Override
    public boolean unmark(long standby) throws IOException {
        return nodes.attempt("take the mark off generation " + standby, () -> {
            Leading.Marked outcome = write(standby, 0);
            if (outcome == Leading.Marked.STANDBY_GONE) {
                // Without its node it can't take over later; that it has not done so before is what is left to check.
                return failed(List.of(stillServing())) < 0;
            }
            return outcome == Leading.Marked.ON;
        });
    }

    /** That this process is registered, and its registration not void. */
    private CuratorOp stillServing() throws Exception {
        return client.transactionOp().check().withVersion(0).forPath(own(shards));
    }

    /** Says with whom a standby is in sync. */
    private Leading.Marked write(long standby, long inSyncWith) throws Exception {
        String path = standbys + "/" + standby;
        byte[] before;
        try {
            before = client.getData().forPath(path);
        } catch (KeeperException.NoNodeException e) {
            return failed(List.of(stillServing())) < 0 ? Leading.Marked.STANDBY_GONE : Leading.Marked.REPLACED;
        }
        byte[] after = marked(mapper.readValue(before, StandbyNode.class), inSyncWith);
        return switch (failed(
                List.of(stillServing(), client.transactionOp().setData().forPath(path, after)))) {
            case 0 -> Leading.Marked.REPLACED;
            case 1 -> Leading.Marked.STANDBY_GONE;
            default -> Leading.Marked.ON;
        };
    }

    @Override
    public Promotion promote() throws IOException {
        return nodes.attempt("let " + address + " take over", () -> {
            if (nodes.isOurs(own(shards))) {
                return Promotion.PROMOTED;
            }
            Stat stat = new Stat();
            StandbyNode node;
            try {
                node = mapper.readValue(client.getData().storingStatIn(stat).forPath(own(standbys)), StandbyNode.class);
            } catch (KeeperException.NoNodeException e) {
                return Promotion.GONE;
            }
            ensure(shards);
            if (node.inSyncWith() == 0) {
                return children(shards).isEmpty() ? Promotion.UNMARKED : Promotion.SERVED;
            }
            String before = shards + "/" + node.inSyncWith();
            // Making and deleting the other's node is how a transaction checks that it is not there.
            return switch (failed(List.of(
                    client.transactionOp()
                            .create()
                            .withMode(CreateMode.EPHEMERAL)
                            .forPath(before, VOID),
                    client.transactionOp().delete().forPath(before),
                    client.transactionOp()
                            .check()
                            .withVersion(stat.getVersion())
                            .forPath(own(standbys)),
                    client.transactionOp()
                            .create()
                            .withMode(CreateMode.EPHEMERAL)
                            .forPath(own(shards), serving),
                    client.transactionOp().delete().forPath(own(standbys))))) {
                case -1 -> Promotion.PROMOTED;
                // Its mark has changed meanwhile, or it is not there any more: the next attempt will tell.
                default -> Promotion.SERVED;
            };
        });
    }

    /** Does all of it or nothing; returns the index of the operation that could not be done, or -1. */
    private int failed(List<CuratorOp> operations) throws Exception {
        try {
            client.transaction().forOperations(operations);
            return -1;
        } catch (KeeperException e) {
            List<OpResult> results = e.getResults();
            for (int i = 0; results != null && i < results.size(); i++) {
                if (results.get(i) instanceof OpResult.ErrorResult error
                        && error.getErr() != Code.OK.intValue()
                        && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                    return i;
                }
            }
            throw e;
        }
    }
}
