package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonLauncherTest {
    private static final LocalClusterOptions OPTIONS = LocalClusterOptions.defaults();

    @TempDir
    private Path directory;

    private LocalClusterLayout layout;
    private DaemonPlan plan;

    @BeforeEach
    void plan() throws Exception {
        layout = new LocalClusterLayout(directory.resolve("state"));
        Files.createDirectories(layout.run());
        Files.createDirectories(layout.logs());
        ClusterFacts facts = ClusterFacts.of(OPTIONS, new TreeMap<>(ClusterFacts.wishes(OPTIONS)));
        plan = new DaemonPlan(layout, Path.of("/hadoop"), facts);
    }

    @Test
    void theClusterHasSixDaemonsEachWithASmallHeap() {
        assertThat(plan.daemons())
                .extracting(DaemonSpec::title)
                .containsExactlyInAnyOrder(
                        "NameNode", "DataNode", "ResourceManager", "NodeManager 1", "NodeManager 2", "ZooKeeper");
        assertThat(plan.daemons().stream().mapToInt(DaemonSpec::heapMb).sum()).isLessThan(1024);
    }

    @Test
    void aDaemonsCommandNamesItAndItsConfiguration() {
        List<String> command =
                launcher(Path.of("/jdk"), List.of("/usr/bin/setsid")).command(nodeManager());
        assertThat(command)
                .startsWith(
                        "/usr/bin/setsid",
                        "/jdk/bin/java",
                        "-Ddistbelief.local.daemon=nodemanager-1@" + layout.root(),
                        "-Xmx160m")
                .endsWith("org.apache.hadoop.yarn.server.nodemanager.NodeManager");
        assertThat(command.get(command.indexOf("-cp") + 1))
                .isEqualTo("/hadoop/*:" + layout.conf().resolve("nodemanager-1") + ":" + layout.conf());
    }

    @Test
    void prefersASessionOfItsOwn() throws Exception {
        assertThat(DaemonLauncher.detachingCommand(directory.toString())).isEmpty();
        Path nohup = program("nohup", "");
        assertThat(DaemonLauncher.detachingCommand("/absent:" + directory)).containsExactly(nohup.toString());
        Path setsid = program("setsid", "");
        assertThat(DaemonLauncher.detachingCommand("/absent:" + directory)).containsExactly(setsid.toString());
    }

    @Test
    void whatADaemonPrintsGoesToItsFile() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh to start");
        Files.createDirectories(directory.resolve("bin"));
        program("bin/java", "echo \"conf $HADOOP_CONF_DIR\"; echo trouble >&2; read line || echo no input; exit 3");

        Process process = launcher(directory, List.of()).start(nodeManager());

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(Files.readAllLines(nodeManager().output(layout)))
                .containsExactly("conf " + layout.conf(), "trouble", "no input");
    }

    @Test
    void saysWhatCouldNotBeStarted() {
        assertThatThrownBy(() -> launcher(directory.resolve("none"), List.of()).start(nodeManager()))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining("Could not start the NodeManager 1 with " + directory.resolve("none/bin/java"));
    }

    private DaemonSpec nodeManager() {
        return plan.daemons().stream()
                .filter(spec -> spec.name().equals("nodemanager-1"))
                .findFirst()
                .orElseThrow();
    }

    private DaemonLauncher launcher(Path javaHome, List<String> detach) {
        return new DaemonLauncher(layout, Path.of("/hadoop"), javaHome, detach);
    }

    private Path program(String name, String text) throws Exception {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
