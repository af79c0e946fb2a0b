package org.distbelief.ingest.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.raw.Picture;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.RawFormats;
import org.distbelief.ingest.raw.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorsTest {
    @TempDir
    Path directory;

    private final RawFormats formats = RawFormats.load();

    @Test
    void theSameSeedGivesTheSameFilesAndALargerCorpusBeginsWithTheSmaller() throws Exception {
        new SpeechGenerator(1).generate(directory.resolve("a"), 4);
        new SpeechGenerator(1).generate(directory.resolve("b"), 4);
        new SpeechGenerator(1).generate(directory.resolve("c"), 5);
        new SpeechGenerator(2).generate(directory.resolve("d"), 4);

        Map<String, Integer> first = hashes("a");
        assertThat(first).hasSize(8).isEqualTo(hashes("b")).isNotEqualTo(hashes("d"));
        assertThat(hashes("c")).containsAllEntriesOf(first);
    }

    @Test
    void recordingsAreCoveredByTheirLabels() throws Exception {
        new SpeechGenerator(7).generate(directory.resolve("speech"), 12);
        Set<String> phones = new HashSet<>();
        for (Path wav : files("speech", ".wav")) {
            Recording recording =
                    (Recording) formats.decode(new RawFile("a.wav", Files.readAllBytes(wav)), DatasetKind.SPEECH);
            double seconds = (double) recording.samples().length / recording.sampleRate();
            List<String> lines = Files.readAllLines(Path.of(wav.toString().replace(".wav", ".lab")));
            double at = 0;
            for (String line : lines) {
                String[] fields = line.split(" ", -1);
                assertThat(Double.parseDouble(fields[0])).isEqualTo(at);
                at = Double.parseDouble(fields[1]);
                phones.add(fields[2]);
            }
            assertThat(recording.sampleRate()).isEqualTo(16_000);
            assertThat(at).isEqualTo(seconds, within(1e-9));
            assertThat(seconds).isBetween(1.4, 3.0);
            assertThat(loudness(recording)).isBetween(500.0, 4000.0);
        }
        assertThat(phones).hasSize(16).contains("sil", "iy", "sh");
    }

    @Test
    void picturesAreSpreadEvenlyOverTenClasses() throws Exception {
        new ImageGenerator(1, 24).generate(directory.resolve("images"), 30);
        new ImageGenerator(1, 24).generate(directory.resolve("again"), 30);

        Map<String, Integer> classes = new TreeMap<>();
        for (Path png : files("images", ".png")) {
            Picture picture =
                    (Picture) formats.decode(new RawFile("a.png", Files.readAllBytes(png)), DatasetKind.IMAGES);
            assertThat(picture.width()).isEqualTo(24);
            classes.merge(png.getName(png.getNameCount() - 2).toString(), 1, Integer::sum);
        }
        assertThat(classes).hasSize(10).containsEntry("circle", 3).containsEntry("stripes", 3);
        assertThat(hashes("images")).isEqualTo(hashes("again"));
    }

    @Test
    void outputThatHoldsSomethingIsRefused() throws Exception {
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.writeString(full.resolve("mine"), "keep me");

        assertThatThrownBy(() -> new SpeechGenerator(1).generate(full, 1))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("exists and is not empty");
        assertThatThrownBy(() -> new ImageGenerator(1, 32).generate(full.resolve("mine"), 1))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("found a file");
        assertThatThrownBy(() -> new ImageGenerator(1, 32).generate(directory.resolve("new"), 0))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("found 0");
        assertThat(directory.resolve("new")).doesNotExist();
    }

    private static double loudness(Recording recording) {
        double energy = 0;
        for (float x : recording.samples()) {
            energy += x * x;
        }
        return Math.sqrt(energy / recording.samples().length);
    }

    private List<Path> files(String name, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve(name))) {
            return all.filter(p -> p.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private Map<String, Integer> hashes(String name) throws IOException {
        Map<String, Integer> hashes = new TreeMap<>();
        Path root = directory.resolve(name);
        for (Path file : files(name, "")) {
            if (Files.isRegularFile(file)) {
                hashes.put(root.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return hashes;
    }
}
