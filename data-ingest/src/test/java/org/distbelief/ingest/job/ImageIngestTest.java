package org.distbelief.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.ImageGroup;
import org.distbelief.ingest.BadLimit;
import org.distbelief.ingest.ImageOptions;
import org.distbelief.ingest.IngestReport;
import org.distbelief.ingest.OutputOptions;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.generate.ImageGenerator;
import org.distbelief.ingest.image.Pictures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageIngestTest {
    @TempDir
    Path directory;

    private Harness harness;

    @BeforeEach
    void prepare() {
        harness = new Harness(directory);
    }

    @Test
    void everyPictureComesBackOnceInItsClass() throws Exception {
        new ImageGenerator(1, 32).generate(directory.resolve("raw"), 100);
        harness.file("raw/circle/text.jpg", "no picture".getBytes(StandardCharsets.UTF_8));
        harness.file("raw/circle/notes.txt", "about circles".getBytes(StandardCharsets.UTF_8));

        IngestReport report =
                harness.run(harness.options("out", directory.resolve("raw").toString())
                        .images(new ImageOptions(16, 16, 8))
                        .layout(OutputOptions.defaults().withPortionExamples(24))
                        .maxBad(BadLimit.parse("1%")));

        DatasetManifest manifest = report.manifest();
        assertThat(report.read()).isEqualTo(101);
        assertThat(report.badByReason()).containsOnlyKeys("not what its extension says");
        assertThat(report.ignored()).isEqualTo(1);
        assertThat(manifest.kind()).isEqualTo(DatasetKind.IMAGES);
        assertThat(manifest.labels()).hasSize(10).isSorted();
        assertThat(manifest.split("train").portions()).hasSizeGreaterThan(3);
        TreeSet<String> ids = new TreeSet<>();
        double[] sums = new double[3];
        long trainPixels = 0;
        for (String split : manifest.splits().keySet()) {
            for (ExampleGroup group : harness.read("out", split)) {
                ImageGroup images = (ImageGroup) group;
                assertThat(images.exampleCount()).isBetween(1, 8);
                ByteBuffer pixels = images.pixels();
                assertThat(pixels.remaining()).isEqualTo(images.exampleCount() * 16 * 16 * 3);
                for (int i = 0; i < images.exampleCount(); i++) {
                    String id = images.ids().get(i);
                    assertThat(ids.add(id)).isTrue();
                    assertThat(manifest.className(images.classId(i))).isEqualTo(id.substring(0, id.indexOf('/')));
                }
                while (split.equals("train") && pixels.hasRemaining()) {
                    sums[pixels.position() % 3] += pixels.get() & 0xFF;
                    trainPixels++;
                }
            }
        }
        assertThat(ids).hasSize(100);
        for (int channel = 0; channel < 3; channel++) {
            assertThat(manifest.mean().get(channel)).isEqualTo(sums[channel] / (trainPixels / 3.0), within(1e-9));
        }
    }

    @Test
    void theBytesDoNotDependOnTheMappers() throws Exception {
        new ImageGenerator(5, 16).generate(directory.resolve("raw"), 60);
        String raw = directory.resolve("raw").toString();
        harness.run(harness.options("one", raw).name("same"));
        harness.configuration().setLong(InputStager.SPLIT_BYTES, 4_000);
        harness.run(harness.options("many", "cluster://" + raw).name("same"));

        assertThat(harness.content("many")).isEqualTo(harness.content("one"));
    }

    @Test
    void foldersNameSplitsAndClasses() throws Exception {
        for (String split : List.of("train", "test")) {
            harness.file("raw/" + split + "/cat/1.png", Pictures.plain("png", 40, 20, 0xFF0000));
            harness.file("raw/" + split + "/dog/1.jpg", Pictures.plain("jpeg", 20, 40, 0x0000FF));
        }
        harness.file("raw/extra/cat/1.png", Pictures.plain("png", 4, 4, 0));
        harness.file("raw/train/loose.png", Pictures.plain("png", 4, 4, 0));

        IngestReport report =
                harness.run(harness.options("out", directory.resolve("raw").toString())
                        .images(new ImageOptions(2, 2, 64))
                        .splits(SplitPolicy.byFolder("train,test"))
                        .maxBad(BadLimit.parse("50%")));

        assertThat(report.badByReason()).containsOnlyKeys("in no split's folder", "unlabelled");
        assertThat(report.manifest().labels()).containsExactly("cat", "dog");
        assertThat(report.manifest().split("test").examples()).isEqualTo(2);
        ImageGroup test = (ImageGroup) harness.read("out", "test").get(0);
        int cat = test.classId(0) == 0 ? 0 : 1;
        assertThat(test.pixels().get(12 * cat)).isEqualTo((byte) 255);
        assertThat(test.pixels().get(12 * cat + 1)).isZero();
    }

    @Test
    void theOutermostSplitFolderCountsSoThatAClassMayHaveASplitsName() throws Exception {
        harness.file("raw/set/train/train/1.jpg", Pictures.plain("jpeg", 4, 4, 0));
        harness.file("raw/set/train/test/1.jpg", Pictures.plain("jpeg", 4, 4, 0));
        harness.file("raw/set/test/train/1.jpg", Pictures.plain("jpeg", 4, 4, 0));
        harness.file("raw/set/test/plane/1.jpg", Pictures.plain("jpeg", 4, 4, 0));

        IngestReport report =
                harness.run(harness.options("out", directory.resolve("raw").toString())
                        .images(new ImageOptions(4, 4, 64))
                        .splits(SplitPolicy.byFolder("train,test")));

        DatasetManifest manifest = report.manifest();
        assertThat(report.bad()).isZero();
        assertThat(manifest.labels()).containsExactly("plane", "test", "train");
        for (String split : List.of("train", "test")) {
            ImageGroup images = (ImageGroup) harness.read("out", split).get(0);
            assertThat(images.ids()).hasSize(2).allMatch(id -> id.startsWith("set/" + split + "/"));
            for (int i = 0; i < 2; i++) {
                String[] folders = images.ids().get(i).split("/", -1);
                assertThat(manifest.className(images.classId(i))).isEqualTo(folders[2]);
            }
        }
    }

    @Test
    void oneArchiveMayHoldAPathTwice() throws Exception {
        harness.file("a/cat/1.png", Pictures.plain("png", 4, 4, 1));
        harness.archive("twice.tar", "a");
        byte[] once = Files.readAllBytes(harness.path("twice.tar"));
        byte[] entry = Arrays.copyOf(once, entryBytes(once));
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.writeBytes(entry);
        twice.writeBytes(once);
        harness.file("twice.tar", twice.toByteArray());

        IngestReport report =
                harness.run(harness.options("out", harness.path("twice.tar").toString())
                        .splits(SplitPolicy.byShare("train=1"))
                        .maxBad(BadLimit.parse("50%")));

        assertThat(report.read()).isEqualTo(2);
        assertThat(report.badByReason()).containsOnlyKeys("duplicate path");
        assertThat(report.manifest().split("train").groups()).isEqualTo(1);
    }

    /** A header block and the content, rounded up to blocks. */
    private static int entryBytes(byte[] tar) {
        long size = Long.parseLong(new String(tar, 124, 11, StandardCharsets.US_ASCII), 8);
        return (int) (512 + (size + 511) / 512 * 512);
    }
}
