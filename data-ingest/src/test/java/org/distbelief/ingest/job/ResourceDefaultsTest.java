package org.distbelief.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapred.JobConf;
import org.junit.jupiter.api.Test;

class ResourceDefaultsTest {
    @Test
    void containersAreSmallUnlessAskedForOtherwise() {
        Configuration configuration = new JobConf();
        new ResourceDefaults().apply(configuration);

        assertThat(configuration.getInt("mapreduce.map.memory.mb", 0)).isEqualTo(512);
        assertThat(configuration.get("mapreduce.reduce.java.opts")).startsWith("-Xmx400m");
        assertThat(configuration.getInt("yarn.app.mapreduce.am.resource.mb", 0)).isEqualTo(512);
        assertThat(configuration.get("yarn.app.mapreduce.am.command-opts")).startsWith("-Xmx400m");
    }

    @Test
    void whatTheUserAsksForStays() {
        Configuration configuration = new JobConf();
        configuration.setInt("mapreduce.map.memory.mb", 2000);
        configuration.set("mapreduce.reduce.java.opts", "-Xmx99m");
        configuration.setInt("mapreduce.task.io.sort.mb", 7);
        new ResourceDefaults().apply(configuration);

        assertThat(configuration.getInt("mapreduce.map.memory.mb", 0)).isEqualTo(2000);
        assertThat(configuration.get("mapreduce.map.java.opts")).startsWith("-Xmx1600m");
        assertThat(configuration.get("mapreduce.reduce.java.opts")).isEqualTo("-Xmx99m");
        assertThat(configuration.getInt("mapreduce.task.io.sort.mb", 0)).isEqualTo(7);
    }
}
