package org.distbelief.paramserver.membership;

import java.io.IOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;

/**
 * Takes part in the election of the one that leads. It is elected until its connection to ZooKeeper is interrupted or
 * this is closed; another is elected when ZooKeeper knows that. For any number of threads.
 */
public final class Leadership implements AutoCloseable {
    private final LeaderLatch latch;

    private Leadership(LeaderLatch latch) {
        this.latch = latch;
    }

    static Leadership begin(CuratorFramework client, String path) throws IOException {
        LeaderLatch latch = new LeaderLatch(client, path);
        try {
            latch.start();
        } catch (Exception e) {
            throw new IOException("cannot take part in the election at " + path + ": " + e.getMessage(), e);
        }
        return new Leadership(latch);
    }

    /** Whether this one is elected now. */
    public boolean elected() {
        return latch.hasLeadership();
    }

    /** Takes part no longer. */
    @Override
    public void close() throws IOException {
        latch.close();
    }
}
