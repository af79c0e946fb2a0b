package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.distbelief.appmaster.hdfs.Staging;
import org.distbelief.appmaster.yarn.ZooKeeperAddress;
import org.distbelief.paramserver.membership.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what a job that was killed, or whose ApplicationMaster died, has left on HDFS and in ZooKeeper. */
final class CleanUp {
    private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final Configuration conf;

    CleanUp(Configuration conf) {
        this.conf = conf;
    }

    /** Removes what is left; what can't be removed is only logged. */
    void after(ApplicationId id) throws InterruptedException {
        try {
            Staging.of(conf, id.toString()).delete();
            String address = ZooKeeperAddress.of(conf).orElse("");
            if (!address.isEmpty()) {
                try (Registry registry = Registry.connect(address, "/distbelief/" + id, BOUND, BOUND)) {
                    registry.deleteAll();
                }
            }
        } catch (IOException e) {
            LOG.warn("Not everything that {} has left could be removed: {}", id, e.getMessage());
        }
    }
}
