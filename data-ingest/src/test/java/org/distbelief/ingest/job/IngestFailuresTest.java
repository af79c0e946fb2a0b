package org.distbelief.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.ingest.BadLimit;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.image.Pictures;
import org.distbelief.ingest.speech.Wav;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestFailuresTest {
    @TempDir
    Path directory;

    private Harness harness;

    @BeforeEach
    void prepare() {
        harness = new Harness(directory);
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertThat(harness.names()).noneMatch(n -> n.contains("out"));
    }

    @Test
    void noSuchInput() {
        assertFails(harness.options("out", directory.resolve("missing").toString()))
                .hasMessageContaining("no such input")
                .hasMessageContaining("missing");
    }

    @Test
    void aPathWithoutSchemeIsLookedForOnBothSides() {
        harness.configuration().set("fs.defaultFS", "cluster:///");
        IngestOptions.Builder options =
                IngestOptions.builder(List.of("/no/such"), "file://" + directory.resolve("out"));
        assertFails(options)
                .hasMessageContaining("cluster:/no/such")
                .hasMessageContaining("nor on this machine at /no/such");
    }

    @Test
    void emptyInput() throws Exception {
        Files.createDirectory(directory.resolve("in"));
        assertFails(harness.options("out", directory.resolve("in").toString()))
                .hasMessageContaining("empty input: expected files ending in one of [wav, wave] or [jpeg, jpg, png]");

        harness.file("in/readme.txt", new byte[] {65});
        assertFails(harness.options("out", directory.resolve("in").toString()).kind(DatasetKind.IMAGES))
                .hasMessageContaining("empty input: expected files ending in one of [jpeg, jpg, png]");
        harness.archive("in.tar", "in");
        assertFails(harness.options("out", "cluster://" + directory.resolve("in.tar"))
                        .kind(DatasetKind.IMAGES))
                .hasMessageContaining("empty input");
    }

    @Test
    void inputOfBothKindsNeedsAWord() throws Exception {
        harness.file("in/a/1.png", Pictures.plain("png", 4, 4, 0));
        harness.file("in/a/1.wav", new Wav().samples(1).build());

        assertFails(harness.options("out", directory.resolve("in").toString()))
                .hasMessageContaining("holds both recordings and images");
    }

    @Test
    void outputThatExistsIsRefusedAndKept() throws Exception {
        harness.file("in/a/1.png", Pictures.plain("png", 4, 4, 0));
        Path mine = harness.file("mine/data", new byte[] {1});

        assertFails(harness.options("mine", directory.resolve("in").toString()))
                .hasMessageContaining("mine exists already");
        assertThat(mine).hasBinaryContent(new byte[] {1});
    }

    @Test
    void outputWithoutPermission() throws Exception {
        harness.file("in/a/1.png", Pictures.plain("png", 4, 4, 0));
        String output = "cluster://" + directory.resolve("forbidden/data");

        assertFails(IngestOptions.builder(List.of(directory.resolve("in").toString()), output))
                .hasMessageContaining("no permission to write cluster:")
                .hasMessageContaining(" as user ");
    }

    @Test
    void tooMuchBadInputNamesTheThreeCommonestReasons() throws Exception {
        for (int i = 0; i < 20; i++) {
            harness.file("in/cat/" + i + ".png", Pictures.plain("png", 4, 4, i));
        }
        for (int i = 0; i < 3; i++) {
            harness.file("in/cat/text" + i + ".jpg", "text".getBytes(StandardCharsets.UTF_8));
        }
        harness.file("in/cat/e1.png", new byte[0]);
        harness.file("in/cat/e2.png", new byte[0]);
        harness.file("in/loose.png", Pictures.plain("png", 4, 4, 0));
        byte[] png = Pictures.plain("png", 4, 4, 0);
        harness.file("in/cat/huge.png", Pictures.pngClaiming(png, 1 << 30, 1 << 30));

        assertFails(harness.options("out", directory.resolve("in").toString()).maxBad(BadLimit.parse("10%")))
                .hasMessageContaining("7 of 27 images (25.93 %), expected at most 10.00 %")
                .hasMessageContaining("3 x not what its extension says, for example cat/text0.jpg: expected a JPEG")
                .hasMessageContaining("2 x empty file, for example cat/e1.png")
                .hasMessageContaining("1 x absurd header, for example cat/huge.png")
                .hasMessageNotContaining("unlabelled");
    }

    @Test
    void aSplitWithoutExamplesCannotGiveStatistics() throws Exception {
        harness.file("in/test/cat/1.png", Pictures.plain("png", 4, 4, 0));

        assertFails(harness.options("out", directory.resolve("in").toString())
                        .splits(SplitPolicy.byFolder("train,test")))
                .hasMessageContaining("no example came into the split 'train'");
    }

    @Test
    void aDamagedArchiveFailsTheJobWithItsName() throws Exception {
        harness.file("in/cat/1.png", Pictures.plain("png", 40, 40, 0));
        byte[] tar = Files.readAllBytes(harness.archive("in.tar", "in"));
        harness.file("cut.tar", Arrays.copyOf(tar, 600));

        assertFails(harness.options("out", directory.resolve("cut.tar").toString()))
                .hasMessageContaining("cut.tar: the archive is damaged or cut off");
    }

    private AbstractThrowableAssert<?, ?> assertFails(IngestOptions.Builder options) {
        return assertThatThrownBy(() -> harness.run(options)).isInstanceOf(IngestException.class);
    }
}
