package org.distbelief.appmaster.submit;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.distbelief.appmaster.hdfs.Staging;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a job that was killed, or whose ApplicationMaster died, has left on HDFS. Its nodes in ZooKeeper need no
 * care: those of its processes end with their sessions, and ZooKeeper removes the empty ones above them by itself.
 */
final class CleanUp {
    private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);

    private final Configuration conf;

    CleanUp(Configuration conf) {
        this.conf = conf;
    }

    /** Removes what is left; what can't be removed is only logged. */
    void after(ApplicationId id) {
        try {
            Staging.of(conf, id.toString()).delete();
        } catch (IOException e) {
            LOG.warn("Not everything that {} has left could be removed: {}", id, e.getMessage());
        }
    }
}
