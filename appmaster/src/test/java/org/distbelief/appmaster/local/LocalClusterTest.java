package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalClusterTest {
    @TempDir
    private Path directory;

    @Test
    void whatWasNeverStartedIsNotRunning() throws Exception {
        LocalCluster cluster = cluster(directory.resolve("lib"));
        assertThat(cluster.status().exitStatus()).isEqualTo(3);
        assertThat(cluster.stop().wasNotRunning()).isTrue();
        assertThat(layout().root()).doesNotExist();
    }

    @Test
    void saysHowToGetHadoopsJars() {
        assertThatThrownBy(() -> cluster(directory.resolve("lib")).start(message -> {}))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining(directory.resolve("lib").toString())
                .hasMessageContaining("mvn -pl conf/local-hadoop package");
        assertThat(layout().root()).doesNotExist();
    }

    @Test
    void refusesAStateDirectoryThatHadoopCannotUse() {
        LocalClusterLayout layout = new LocalClusterLayout(directory.resolve("my state"));
        assertThatThrownBy(() -> new LocalCluster(layout, directory, LocalClusterOptions.defaults()).start(m -> {}))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining("my state")
                .hasMessageContaining("DISTBELIEF_LOCAL_DIR");
        assertThat(layout.root()).doesNotExist();
    }

    @Test
    void aDaemonThatDiesIsNamedAndNothingIsLeft() throws Exception {
        Path lib = Files.createDirectories(directory.resolve("lib"));
        for (String jar : List.of("hadoop-hdfs-0.jar", "hadoop-yarn-server-resourcemanager-0.jar", "zookeeper-0.jar")) {
            Files.createFile(lib.resolve(jar));
        }
        List<String> progress = new ArrayList<>();

        assertThatThrownBy(() -> cluster(lib).start(progress::add))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageMatching(
                        "(?s)The [A-Za-z ]+ ended with exit status 1 while the local cluster was starting.*")
                .hasMessageContaining("Could not find or load main class")
                .hasMessageContaining("The whole log: " + layout().logs());

        assertThat(progress).isNotEmpty();
        assertThat(DaemonRecord.readAll(layout().run())).isEmpty();
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().arguments().map(List::of).orElse(List.of()).stream()
                        .anyMatch(argument -> argument.endsWith("@" + layout().root())));
        assertThat(layout().hasConfiguration()).isTrue();
    }

    @Test
    void oneCommandAtATime() throws Exception {
        AtomicLong clock = new AtomicLong();
        Waiting waiting = new Waiting(clock::get, time -> clock.addAndGet(time.toNanos()));
        Duration bound = Duration.ofSeconds(20);
        List<String> messages = new ArrayList<>();

        ClusterLock first = ClusterLock.acquire(layout().run(), waiting, bound, messages::add);
        assertThat(messages).isEmpty();
        assertThatThrownBy(() -> ClusterLock.acquire(layout().run(), waiting, bound, messages::add))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining("for 20 s");
        assertThat(messages).hasSize(1);
        first.close();
        ClusterLock.acquire(layout().run(), waiting, bound, messages::add).close();
    }

    @Test
    void aContainerWorksBelowTheClustersData() {
        StrayContainers strays = new StrayContainers(Path.of("/state/data"));
        assertThat(strays.isContainerDirectory(
                        Path.of("/state/data/nodemanager-1/local/usercache/ada/appcache/application_1/container_1_01")))
                .isTrue();
        assertThat(strays.isContainerDirectory(Path.of("/state/data/nodemanager-1")))
                .isFalse();
        assertThat(strays.isContainerDirectory(Path.of("/other/container_1_01")))
                .isFalse();
    }

    private LocalCluster cluster(Path lib) {
        return new LocalCluster(layout(), lib, LocalClusterOptions.defaults());
    }

    private LocalClusterLayout layout() {
        return new LocalClusterLayout(directory.resolve("state"));
    }
}
