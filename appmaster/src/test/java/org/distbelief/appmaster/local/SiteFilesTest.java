package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteFilesTest {
    private static final Pattern ADDRESS = Pattern.compile(".*\\.(http-)?address|.*\\.bind-host");

    @TempDir
    private Path directory;

    @Test
    void theClientsFindEveryServer() throws Exception {
        Configuration client = write(LocalClusterOptions.defaults().withNodeMemoryMb(4096));

        assertThat(client.get("fs.defaultFS")).isEqualTo("hdfs://localhost:8020");
        assertThat(client.get("yarn.resourcemanager.address")).isEqualTo("localhost:8032");
        assertThat(client.get("hadoop.zk.address")).isEqualTo("localhost:2181");
        assertThat(client.get("distbelief.zookeeper")).isEqualTo("localhost:2181");
        assertThat(client.get("yarn.scheduler.maximum-allocation-mb")).isEqualTo("4096");
        assertThat(client.get("yarn.application.classpath")).isEqualTo(layout().conf() + ",/opt/hadoop-lib/*");
        assertThat(client.get("mapreduce.application.classpath")).isEqualTo("/opt/hadoop-lib/*");
    }

    @Test
    void everyServerListensOnTheLoopbackInterfaceOnly() throws Exception {
        write(LocalClusterOptions.defaults().withHistoryServer(true));
        for (Path file : new Path[] {
            layout().conf().resolve("hdfs-site.xml"),
            layout().conf().resolve("yarn-site.xml"),
            layout().conf().resolve("mapred-site.xml"),
            SiteFiles.nodeDirectory(layout(), 1).resolve("yarn-site.xml")
        }) {
            for (Map.Entry<String, String> property : read(file)) {
                if (ADDRESS.matcher(property.getKey()).matches()) {
                    assertThat(property.getValue())
                            .as("%s in %s", property.getKey(), file)
                            .startsWith("localhost:");
                }
            }
        }
        assertThat(Files.readString(layout().conf().resolve("zoo.cfg"))).contains("clientPortAddress=127.0.0.1");
    }

    @Test
    void eachNodeManagerHasPortsAndDirectoriesOfItsOwn() throws Exception {
        write(LocalClusterOptions.defaults());
        Configuration one = read(SiteFiles.nodeDirectory(layout(), 1).resolve("yarn-site.xml"));
        Configuration two = read(SiteFiles.nodeDirectory(layout(), 2).resolve("yarn-site.xml"));

        for (String key : new String[] {
            "yarn.nodemanager.address",
            "yarn.nodemanager.localizer.address",
            "yarn.nodemanager.webapp.address",
            "yarn.nodemanager.local-dirs",
            "yarn.nodemanager.log-dirs"
        }) {
            assertThat(one.get(key)).as(key).isNotNull().isNotEqualTo(two.get(key));
        }
        assertThat(one.get("yarn.resourcemanager.address")).isEqualTo(two.get("yarn.resourcemanager.address"));
    }

    @Test
    void aContainerMayNotExceedItsPhysicalMemory() throws Exception {
        write(LocalClusterOptions.defaults());
        Configuration node = read(SiteFiles.nodeDirectory(layout(), 1).resolve("yarn-site.xml"));
        assertThat(node.getBoolean("yarn.nodemanager.pmem-check-enabled", false))
                .isTrue();
        assertThat(node.getBoolean("yarn.nodemanager.vmem-check-enabled", true)).isFalse();
        assertThat(node.getBoolean("yarn.nodemanager.resource.memory.enforced", true))
                .isFalse();
    }

    @Test
    void pagesOfEndedJobsAreSoughtAtTheHistoryServerIfThereIsOne() throws Exception {
        assertThat(write(LocalClusterOptions.defaults()).get("yarn.log.server.url"))
                .isNull();
        assertThat(write(LocalClusterOptions.defaults().withHistoryServer(true)).get("yarn.log.server.url"))
                .isEqualTo("http://localhost:19888/jobhistory/logs");
    }

    @Test
    void everyPropertyOfATemplateIsReadBack() throws Exception {
        Configuration client = write(LocalClusterOptions.defaults());
        for (String file : SiteTemplates.CLIENT_FILES) {
            String text = Files.readString(layout().conf().resolve(file));
            assertThat(text.split("<name>", -1).length - 1)
                    .as("properties with a value in %s", file)
                    .isEqualTo(read(layout().conf().resolve(file)).size());
        }
        assertThat(client.size()).isPositive();
    }

    @Test
    void pathsWithCharactersOfXmlSurvive() throws Exception {
        LocalClusterLayout odd = new LocalClusterLayout(directory.resolve("R&D <new> dir"));
        files(odd, LocalClusterOptions.defaults()).write();
        assertThat(read(odd.conf().resolve("core-site.xml")).get("hadoop.tmp.dir"))
                .isEqualTo(odd.data() + "/tmp");
        assertThat(read(odd.conf().resolve("hdfs-site.xml")).get("dfs.namenode.name.dir"))
                .startsWith("file:///")
                .contains("R&D%20%3Cnew%3E%20dir/data/namenode");
    }

    @Test
    void aWordWithoutAValueIsAnError() {
        assertThatThrownBy(() -> new SiteTemplates().properties("core-site.xml", Map.of("data", "/d")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("core-site.xml")
                .hasMessageContaining("known are [data]");
    }

    private Configuration write(LocalClusterOptions options) throws Exception {
        files(layout(), options).write();
        Configuration client = new Configuration(false);
        layout().addTo(client);
        return client;
    }

    private LocalClusterLayout layout() {
        return new LocalClusterLayout(directory);
    }

    private static SiteFiles files(LocalClusterLayout layout, LocalClusterOptions options) {
        SortedMap<String, Integer> ports = new TreeMap<>(ClusterFacts.wishes(options));
        return new SiteFiles(
                layout, Path.of("/opt/hadoop-lib"), ClusterFacts.of(options, ports), "ada", new SiteTemplates());
    }

    private static Configuration read(Path file) {
        Configuration configuration = new Configuration(false);
        configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
        return configuration;
    }
}
