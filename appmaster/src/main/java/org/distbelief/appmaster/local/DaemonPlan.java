package org.distbelief.appmaster.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which daemons make up the local cluster, and how each is started. */
final class DaemonPlan {
    private static final String NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode";

    private final LocalClusterLayout layout;
    private final Path hadoopLib;
    private final ClusterFacts facts;

    DaemonPlan(LocalClusterLayout layout, Path hadoopLib, ClusterFacts facts) {
        this.layout = layout;
        this.hadoopLib = hadoopLib;
        this.facts = facts;
    }

    /** All daemons, the slowest to start first. */
    List<DaemonSpec> daemons() {
        List<DaemonSpec> daemons = new ArrayList<>();
        daemons.add(resourceManager());
        daemons.add(nameNode());
        for (int node = 1; node <= facts.nodeManagers(); node++) {
            daemons.add(nodeManager(node));
        }
        daemons.add(dataNode());
        daemons.add(zooKeeper());
        if (facts.historyServer()) {
            daemons.add(historyServer());
        }
        return daemons;
    }

    /** The short-lived process that makes an empty file system. */
    DaemonSpec format() {
        return new DaemonSpec(
                "namenode-format",
                "NameNode format",
                NAMENODE,
                List.of("-format", "-force", "-nonInteractive"),
                96,
                Map.of(),
                List.of(layout.conf()),
                facts.port("namenode.rpc"),
                "");
    }

    DaemonSpec nameNode() {
        return new DaemonSpec(
                "namenode",
                "NameNode",
                NAMENODE,
                List.of(),
                160,
                Map.of(),
                List.of(layout.conf(), hadoopLib),
                facts.port("namenode.rpc"),
                page("namenode.web", "/"));
    }

    private DaemonSpec dataNode() {
        return new DaemonSpec(
                "datanode",
                "DataNode",
                "org.apache.hadoop.hdfs.server.datanode.DataNode",
                List.of(),
                128,
                Map.of(),
                List.of(layout.conf(), hadoopLib),
                facts.port("datanode.data"),
                page("datanode.web", "/"));
    }

    private DaemonSpec resourceManager() {
        return new DaemonSpec(
                "resourcemanager",
                "ResourceManager",
                "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager",
                List.of(),
                192,
                Map.of(),
                List.of(layout.conf()),
                facts.port("resourcemanager.rpc"),
                page("resourcemanager.web", "/cluster"));
    }

    private DaemonSpec nodeManager(int node) {
        String name = "nodemanager-" + node;
        return new DaemonSpec(
                name,
                "NodeManager " + node,
                "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
                List.of(),
                160,
                Map.of(),
                List.of(SiteFiles.nodeDirectory(layout, node), layout.conf()),
                facts.port(name + ".rpc"),
                page(name + ".web", "/node"));
    }

    private DaemonSpec zooKeeper() {
        return new DaemonSpec(
                "zookeeper",
                "ZooKeeper",
                "org.apache.zookeeper.server.ZooKeeperServerMain",
                List.of(layout.conf().resolve("zoo.cfg").toString()),
                96,
                Map.of("zookeeper.forceSync", "no"),
                List.of(layout.conf()),
                facts.port("zookeeper.client"),
                "");
    }

    private DaemonSpec historyServer() {
        return new DaemonSpec(
                "historyserver",
                "JobHistoryServer",
                "org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer",
                List.of(),
                160,
                Map.of(),
                List.of(layout.conf()),
                facts.port("history.rpc"),
                page("history.web", "/jobhistory"));
    }

    private String page(String port, String path) {
        return "http://localhost:" + facts.port(port) + path;
    }
}
