package org.distbelief.appmaster.yarn;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobConfig;

/** Finds ZooKeeper's connect string. */
public final class ZooKeeperAddress {
    private static final String OWN_KEY = "distbelief.zookeeper";
    private static final String HADOOP_KEY = "hadoop.zk.address";

    private ZooKeeperAddress() {}

    /** From the job file's {@code cluster.zookeeper}, else the cluster's own keys; empty if none is set. */
    public static Optional<String> of(Configuration conf, JobConfig job) {
        return job.cluster().zookeeper().or(() -> of(conf));
    }

    /** From the cluster's own keys; empty if none is set. */
    public static Optional<String> of(Configuration conf) {
        return Optional.of(conf.getTrimmed(OWN_KEY, conf.getTrimmed(HADOOP_KEY, "")))
                .filter(address -> !address.isEmpty());
    }

    /** The keys that are looked at, for messages. */
    public static String keys() {
        return "cluster.zookeeper in the job file, or " + OWN_KEY + " or " + HADOOP_KEY
                + " in the cluster's configuration";
    }
}
