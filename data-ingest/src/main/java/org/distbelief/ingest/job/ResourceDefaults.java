package org.distbelief.ingest.job;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Small containers for the job, unless the user or the cluster's site files ask for others. */
final class ResourceDefaults {
    private static final int CONTAINER_MB = 512;
    private static final int HEAP_MB = 400;
    private static final int SORT_BUFFER_MB = 64;
    /** Hadoop's own defaults do not count as asked for. */
    private static final List<String> BUILT_IN =
            List.of("core-default.xml", "mapred-default.xml", "yarn-default.xml", "hdfs-default.xml");

    void apply(Configuration configuration) {
        container(configuration, "mapreduce.map.memory.mb", "mapreduce.map.java.opts");
        container(configuration, "mapreduce.reduce.memory.mb", "mapreduce.reduce.java.opts");
        container(configuration, "yarn.app.mapreduce.am.resource.mb", "yarn.app.mapreduce.am.command-opts");
        if (!askedFor(configuration, "mapreduce.task.io.sort.mb")) {
            configuration.setInt("mapreduce.task.io.sort.mb", SORT_BUFFER_MB);
        }
        configuration.setBoolean("mapreduce.fileoutputcommitter.marksuccessfuljobs", false);
    }

    /** The heap follows the container where only one of the two is asked for. */
    private static void container(Configuration configuration, String memory, String javaOptions) {
        int heap = HEAP_MB;
        if (askedFor(configuration, memory)) {
            heap = Math.max(64, configuration.getInt(memory, CONTAINER_MB) * 8 / 10);
        } else {
            configuration.setInt(memory, CONTAINER_MB);
        }
        if (!askedFor(configuration, javaOptions)) {
            configuration.set(javaOptions, "-Xmx" + heap + "m -XX:+UseSerialGC -Djava.awt.headless=true");
        }
    }

    private static boolean askedFor(Configuration configuration, String key) {
        String[] sources = configuration.getPropertySources(key);
        return configuration.get(key) != null
                && sources != null
                && Arrays.stream(sources).noneMatch(BUILT_IN::contains);
    }
}
