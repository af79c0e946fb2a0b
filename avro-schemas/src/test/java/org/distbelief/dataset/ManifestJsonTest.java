package org.distbelief.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {
    private final ManifestJson json = new ManifestJson();
    private final DatasetManifest manifest = Manifests.speech(
            List.of(new DataFile("train-0.avro", 100, 3, 30)),
            List.of(new Portion(0, "train-0.avro", 20, 40, 2, 20), new Portion(1, "train-0.avro", 60, 40, 1, 10)));

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        assertThat(json.read(json.write(manifest), "here")).isEqualTo(manifest);
    }

    @Test
    void anImageManifestIsReadBackToo() throws Exception {
        DatasetManifest images = new DatasetManifest(
                1,
                "pictures",
                "test",
                5,
                new ImageSettings(4, 5, 3),
                List.of("cat"),
                1,
                "train",
                List.of(1.0, 2.0, 3.0),
                List.of(1.0, 2.0, 3.0),
                manifest.splits());

        DatasetManifest read = json.read(json.write(images), "here");

        assertThat(read).isEqualTo(images);
        assertThat(read.kind()).isEqualTo(DatasetKind.IMAGES);
        assertThat(read.featureDimension()).isEqualTo(60);
    }

    @Test
    void anotherVersionIsRefusedBeforeAnythingElse() {
        assertThatThrownBy(() -> json.read("{\"schemaVersion\": 2, \"new\": true}", "/data/manifest.json"))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("/data/manifest.json: expected schemaVersion 1, found 2");
    }

    @Test
    void whatIsNoManifestIsRefusedWithThePlace() {
        for (String text :
                List.of("", "[]", "{}", "{\"schemaVersion\": \"one\"}", "not json", "{\"schemaVersion\": 1}")) {
            assertThatThrownBy(() -> json.read(text, "/data/manifest.json"))
                    .as(text)
                    .isInstanceOf(DatasetFormatException.class)
                    .hasMessageContaining("/data/manifest.json");
        }
    }

    @Test
    void aFileThatLeadsOutOfTheDirectoryIsRefused() {
        String text = json.write(manifest).replace("train-0.avro", "../secret");

        assertThatThrownBy(() -> json.read(text, "manifest.json"))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("../secret");
    }

    @Test
    void portionsThatDoNotAddUpAreRefused() {
        String text = json.write(manifest).replace("\"records\" : 2", "\"records\" : 4");

        assertThatThrownBy(() -> json.read(text, "manifest.json")).hasMessageContaining("portions add up to 5");
    }

    @Test
    void classesAreLabelsTimesStates() {
        assertThat(manifest.classCount()).isEqualTo(6);
        assertThat(manifest.className(0)).isEqualTo("2/0");
        assertThat(manifest.className(5)).isEqualTo("a/1");
        assertThatThrownBy(() -> manifest.className(6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> manifest.split("dev"))
                .hasMessageContaining("no split 'dev'")
                .hasMessageContaining("[train]");
    }
}
