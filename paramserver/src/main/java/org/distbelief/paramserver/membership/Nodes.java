package org.distbelief.paramserver.membership;

import java.io.IOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/**
 * Makes nodes in a session with ZooKeeper.
 *
 * @param connect ZooKeeper's connect string, for messages
 */
record Nodes(CuratorFramework client, String connect) {
    /** Something that is done with ZooKeeper. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws Exception;
    }

    /**
     * Does something.
     *
     * @param what for messages, after "cannot"
     */
    <T> T attempt(String what, Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: cannot " + what + " at ZooKeeper " + connect, e);
        } catch (Exception e) {
            throw new IOException("cannot " + what + " at ZooKeeper " + connect + ": " + e.getMessage(), e);
        }
    }

    /** Makes a node that lasts as long as the session, and the folders above it. */
    void create(String path, byte[] data) throws Exception {
        try {
            client.create()
                    .creatingParentContainersIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, data);
        } catch (KeeperException.NodeExistsException e) {
            // The answer to an attempt that succeeded may have been lost.
            if (!isOurs(path)) {
                throw e;
            }
        }
    }

    /** Whether a node is there, and this session's. */
    boolean isOurs(String path) throws Exception {
        Stat stat = client.checkExists().forPath(path);
        return stat != null
                && stat.getEphemeralOwner()
                        == client.getZookeeperClient().getZooKeeper().getSessionId();
    }
}
