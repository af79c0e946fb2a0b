package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFactsTest {
    private final LocalClusterOptions options = LocalClusterOptions.defaults();
    private final ClusterFacts facts = ClusterFacts.of(options, new TreeMap<>(Map.of("namenode.rpc", 8020)));

    @TempDir
    private Path run;

    @Test
    void areReadAsTheyWereWritten() throws Exception {
        assertThat(ClusterFacts.read(run)).isEmpty();
        facts.write(run);
        assertThat(ClusterFacts.read(run)).contains(facts);
    }

    @Test
    void tellWhetherOtherOptionsAreAskedFor() {
        assertThat(facts.fits(options)).isTrue();
        assertThat(facts.fits(options.withNodeMemoryMb(8192))).isFalse();
        assertThat(facts.fits(options.withNodeManagers(3))).isFalse();
    }

    @Test
    void damageIsReportedWithFileAndKey() throws Exception {
        facts.write(run);
        Path file = run.resolve("cluster.properties");
        Files.writeString(file, Files.readString(file).replace("8020", "80x20"));
        assertThatThrownBy(() -> ClusterFacts.read(run))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("port.namenode.rpc")
                .hasMessageContaining("80x20");
    }

    @Test
    void impossibleOptionsAreRefused() {
        assertThatThrownBy(() -> options.withNodeMemoryMb(100)).hasMessageContaining("1024 MB");
        assertThatThrownBy(() -> options.withNodeManagers(0)).hasMessageContaining("1 to 16");
        assertThatThrownBy(() -> options.withNodeVcores(0)).hasMessageContaining("1 vcore");
    }
}
