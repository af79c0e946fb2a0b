package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterLayoutTest {
    private final Map<String, String> everything =
            Map.of("DISTBELIEF_LOCAL_DIR", "/by-variable", "DISTBELIEF_HOME", "/by-home");

    @Test
    void thePropertyComesFirst() {
        assertThat(LocalClusterLayout.of(properties("distbelief.local.dir", "/by-property"), everything)
                        .root())
                .isEqualTo(Path.of("/by-property"));
    }

    @Test
    void thenTheVariableOfTheStateDirectory() {
        assertThat(LocalClusterLayout.of(new Properties(), everything).root()).isEqualTo(Path.of("/by-variable"));
    }

    @Test
    void thenTheHomeOfDistbelief() {
        assertThat(LocalClusterLayout.of(new Properties(), Map.of("DISTBELIEF_HOME", "/by-home"))
                        .conf())
                .isEqualTo(Path.of("/by-home/local/conf"));
    }

    @Test
    void thenTheHomeOfTheUser() {
        assertThat(LocalClusterLayout.of(properties("user.home", "/home/ada"), Map.of())
                        .run())
                .isEqualTo(Path.of("/home/ada/.distbelief/local/run"));
    }

    @Test
    void givesItsSiteFilesToAConfiguration(@TempDir Path directory) throws Exception {
        LocalClusterLayout layout = new LocalClusterLayout(directory);
        assertThat(layout.hasConfiguration()).isFalse();
        Files.createDirectories(layout.conf());
        for (String file : SiteTemplates.CLIENT_FILES) {
            SiteTemplates.writeXml(layout.conf().resolve(file), new TreeMap<>(Map.of("from." + file, "yes")));
        }
        Configuration configuration = new Configuration(false);

        layout.addTo(configuration);

        assertThat(layout.hasConfiguration()).isTrue();
        assertThat(configuration.get("from.core-site.xml")).isEqualTo("yes");
        assertThat(configuration.get("from.mapred-site.xml")).isEqualTo("yes");
    }

    private static Properties properties(String key, String value) {
        Properties properties = new Properties();
        properties.setProperty(key, value);
        return properties;
    }
}
