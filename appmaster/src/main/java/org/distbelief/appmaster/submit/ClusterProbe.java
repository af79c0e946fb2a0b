package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.conf.HAUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Finds out in seconds whether there is a cluster, where Hadoop's own clients would retry for minutes. */
final class ClusterProbe {
    private static final int CONNECT_MILLIS = 5_000;
    private static final String HOW = " Start the local cluster with 'bin/distbelief cluster start', or point"
            + " HADOOP_CONF_DIR at the configuration of your cluster.";

    private final Configuration conf;

    ClusterProbe(Configuration conf) {
        this.conf = conf;
    }

    /** Throws {@link CommandException} unless HDFS and YARN answer. */
    void check() {
        URI fs = FileSystem.getDefaultUri(conf);
        if ("file".equals(fs.getScheme())) {
            throw CommandException.unavailable("no cluster is configured: fs.defaultFS is " + fs + "." + HOW);
        }
        checkStorage(fs);
        if (!HAUtil.isHAEnabled(conf)) {
            connect(
                    "YARN's ResourceManager",
                    conf.getSocketAddr(
                            YarnConfiguration.RM_ADDRESS,
                            YarnConfiguration.DEFAULT_RM_ADDRESS,
                            YarnConfiguration.DEFAULT_RM_PORT));
        }
    }

    /** Throws {@link CommandException} where a path lies in an HDFS that does not answer. */
    void checkStorage(Path path) {
        URI uri = path.toUri();
        boolean ofDefault = uri.getScheme() == null || ("hdfs".equals(uri.getScheme()) && uri.getHost() == null);
        checkStorage(ofDefault ? FileSystem.getDefaultUri(conf) : uri);
    }

    private static void checkStorage(URI fs) {
        if ("hdfs".equals(fs.getScheme()) && fs.getPort() > 0) {
            connect("HDFS's NameNode", new InetSocketAddress(fs.getHost(), fs.getPort()));
        }
    }

    private static void connect(String what, InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHostString(), address.getPort()), CONNECT_MILLIS);
        } catch (IOException e) {
            throw CommandException.unavailable("the cluster is not running: " + what + " does not answer at "
                    + address.getHostString() + ":" + address.getPort() + " (" + e.getMessage() + ")." + HOW);
        }
    }
}
