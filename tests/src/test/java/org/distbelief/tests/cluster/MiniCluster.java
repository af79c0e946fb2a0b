package org.distbelief.tests.cluster;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.curator.test.TestingServer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.extension.ExtensionContext;

/** HDFS, YARN with two NodeManagers, and ZooKeeper, shared by all tests of the run and stopped at its end. */
final class MiniCluster implements AutoCloseable {
    private static final int NODE_MEMORY_MIB = 4096;

    /** What containers must find in the job jar, not on the cluster's class path. */
    private static final List<String> NOT_THE_CLUSTERS = List.of(
            "distbelief",
            "curator-",
            "libthrift-",
            "picocli-",
            "snakeyaml-engine-",
            "progressbar-",
            "javacpp-",
            "dnnl-");

    private final TestingServer zookeeper;
    private final MiniDFSCluster hdfs;
    private final MiniYARNCluster yarn;
    private final Configuration conf;

    MiniCluster() throws Exception {
        Path work = Path.of(System.getProperty("hadoop.tmp.dir")).toAbsolutePath();
        Files.createDirectories(work);
        Files.createDirectories(Path.of(System.getProperty("hadoop.log.dir")));
        zookeeper = new TestingServer();
        YarnConfiguration settings = new YarnConfiguration();
        settings.set("hadoop.tmp.dir", work.toString());
        settings.set("dfs.namenode.fs-limits.min-block-size", "1024");
        hdfs = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
        hdfs.waitClusterUp();
        FileSystem.setDefaultUri(settings, hdfs.getURI());
        configure(settings);
        yarn = new MiniYARNCluster("distbelief", 1, 2, 1, 1);
        yarn.init(settings);
        yarn.start();
        if (!yarn.waitForNodeManagersToConnect(30_000)) {
            throw new IOException("the NodeManagers did not connect");
        }
        conf = new YarnConfiguration(yarn.getConfig());
        conf.set("distbelief.zookeeper", zookeeper.getConnectString());
    }

    private static void configure(Configuration settings) throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> NOT_THE_CLUSTERS.stream()
                        .noneMatch(Path.of(entry).getFileName().toString()::startsWith))
                .filter(entry -> !entry.endsWith("classes"))
                .collect(Collectors.joining(","));
        settings.set(YarnConfiguration.YARN_APPLICATION_CLASSPATH, classPath);
        settings.set("mapreduce.application.classpath", classPath);
        settings.set("mapreduce.framework.name", "yarn");
        settings.setBoolean("mapreduce.job.ubertask.enable", true);
        settings.setInt("yarn.app.mapreduce.am.resource.mb", 768);
        settings.set("yarn.app.mapreduce.am.command-opts", "-Xmx512m");
        settings.setInt("mapreduce.map.memory.mb", 512);
        settings.setInt("mapreduce.reduce.memory.mb", 512);
        settings.setInt("yarn.nodemanager.resource.memory-mb", NODE_MEMORY_MIB);
        settings.setInt("yarn.nodemanager.resource.cpu-vcores", 16);
        settings.setInt("yarn.scheduler.minimum-allocation-mb", 128);
        settings.setInt("yarn.scheduler.maximum-allocation-mb", NODE_MEMORY_MIB);
        settings.setFloat("yarn.scheduler.capacity.maximum-am-resource-percent", 1);
        settings.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
        settings.setBoolean("yarn.nodemanager.resource.memory.enforced", false);
        settings.setBoolean("yarn.log-aggregation-enable", true);
        settings.setInt("yarn.nodemanager.process-kill-wait.ms", 200);
        settings.setInt("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", 200);
        settings.setFloat("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 99.5f);
        settings.setBoolean("yarn.minicluster.fixed.ports", true);
        // A job here is dozens of short-lived JVMs on few processors: compiling well would take most of their time.
        settings.set("yarn.nodemanager.admin-env", "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1");
        for (String key : List.of("", "scheduler.", "resource-tracker.", "admin.", "webapp.")) {
            settings.set("yarn.resourcemanager." + key + "address", "localhost:" + freePort());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The one cluster of this run; started by the first test that asks for it. */
    static MiniCluster of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(MiniCluster.class))
                .getOrComputeIfAbsent(
                        MiniCluster.class,
                        key -> {
                            try {
                                return new MiniCluster();
                            } catch (Exception e) {
                                throw new IllegalStateException("the mini cluster did not start", e);
                            }
                        },
                        MiniCluster.class);
    }

    /** A client's configuration; a copy. */
    Configuration conf() {
        return new Configuration(conf);
    }

    @Override
    public void close() throws IOException {
        yarn.stop();
        hdfs.shutdown(true);
        zookeeper.close();
    }
}
