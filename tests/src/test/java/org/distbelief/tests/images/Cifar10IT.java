package org.distbelief.tests.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.distbelief.dataset.DatasetManifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real photographs: CIFAR-10 as JPEG files, where it is at hand. */
@Timeout(600)
class Cifar10IT {
    private static final Path PHOTOGRAPHS = Path.of("../../shared/data/cifar10-jpeg.tar.gz");

    /** Of the training images, as they are known for the original ones. */
    private static final List<Double> MEAN = List.of(125.3, 123.0, 113.9);

    private static final List<Double> DEVIATION = List.of(63.0, 62.1, 66.7);

    @TempDir
    Path directory;

    @Test
    void everyPhotographIsReadInItsSplitAndClass() throws Exception {
        assumeTrue(
                Files.exists(PHOTOGRAPHS),
                () -> "skipped: the photographs are not at "
                        + PHOTOGRAPHS.toAbsolutePath().normalize());
        ImageDataset data = ImageDataset.ingest(
                directory, List.of(PHOTOGRAPHS.toAbsolutePath().normalize()), "32x32");

        DatasetManifest manifest = data.manifest();
        assertThat(data.report().read()).isEqualTo(55_000);
        assertThat(data.report().badByReason()).isEmpty();
        assertThat(data.report().ignored()).isZero();
        assertThat(manifest.labels())
                .containsExactly(
                        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
        for (int c = 0; c < 3; c++) {
            assertThat(manifest.mean().get(c)).isCloseTo(MEAN.get(c), within(1.0));
            assertThat(Math.sqrt(manifest.variance().get(c))).isCloseTo(DEVIATION.get(c), within(1.0));
        }

        Map<String, Integer> trained = new TreeMap<>();
        data.train("{mirror: true, shift: 4}", (label, pixels) -> trained.merge(label, 1, Integer::sum));
        Map<String, Integer> scored = new TreeMap<>();
        data.score("{mirror: true, shift: 4}", (label, pixels) -> scored.merge(label, 1, Integer::sum));

        assertThat(trained).containsOnlyKeys(manifest.labels());
        assertThat(trained.values()).containsOnly(4_500);
        assertThat(scored).containsOnlyKeys(manifest.labels());
        assertThat(scored.values()).containsOnly(1_000);
    }
}
