package org.distbelief.tests.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder of splits, in each a folder for every class, in these JPEG and PNG files: what the picture files show
 * arrives in the mini-batches under the right label, in the right split.
 */
@Timeout(120)
class ImageFoldersTest {
    private static final int SIDE = 16;
    private static final int TRAIN = 40;
    private static final int TEST = 10;

    /** The left half of a class's pictures is of this colour, and the right half black. */
    private static final Map<String, Color> CLASSES =
            Map.of("brick", new Color(220, 30, 20), "grass", new Color(30, 200, 40), "sky", new Color(20, 60, 230));

    @TempDir
    Path directory;

    @BeforeEach
    void draw() throws IOException {
        for (Map.Entry<String, Color> entry : CLASSES.entrySet()) {
            write("train", entry.getKey(), entry.getValue(), TRAIN);
            write("test", entry.getKey(), entry.getValue(), TEST);
        }
    }

    private void write(String split, String label, Color colour, int count) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("raw/" + split + "/" + label));
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, SIDE / 2, SIDE);
        graphics.dispose();
        for (int i = 0; i < count; i++) {
            String format = i % 2 == 0 ? "jpg" : "png";
            ImageIO.write(image, format, folder.resolve(i + "." + format).toFile());
        }
    }

    /** Whether the left half of the picture is the coloured one. */
    private static boolean leftIsColoured(String label, float[] pixels) {
        assertThat(pixels).hasSize(SIDE * SIDE * 3);
        Color colour = Objects.requireNonNull(CLASSES.get(label), label);
        // Far from the middle, where JPEG leaves the colours as they were but for rounding.
        float[] left = pixel(pixels, 2);
        float[] right = pixel(pixels, SIDE - 3);
        boolean leftIsColoured = left[0] + left[1] + left[2] > right[0] + right[1] + right[2];
        float[] coloured = leftIsColoured ? left : right;
        float[] black = leftIsColoured ? right : left;
        float[] expected = {colour.getRed(), colour.getGreen(), colour.getBlue()};
        assertThat(coloured).as("colour of '%s'", label).containsExactly(expected, within(8f));
        assertThat(black).containsExactly(new float[3], within(8f));
        return leftIsColoured;
    }

    private static float[] pixel(float[] pixels, int x) {
        int at = (SIDE / 2 * SIDE + x) * 3;
        return new float[] {pixels[at], pixels[at + 1], pixels[at + 2]};
    }

    @Test
    void arriveInTheMiniBatchesMirroredOnlyToTrain() throws Exception {
        ImageDataset data = ImageDataset.ingest(directory, List.of(directory.resolve("raw")), SIDE + "x" + SIDE);
        assertThat(data.report().bad()).isZero();
        assertThat(data.report().ignored()).isZero();
        assertThat(data.manifest().labels()).containsExactly("brick", "grass", "sky");

        Map<String, Integer> trained = new TreeMap<>();
        int[] mirrored = new int[1];
        data.train("{mirror: true}", (label, pixels) -> {
            trained.merge(label, 1, Integer::sum);
            mirrored[0] += leftIsColoured(label, pixels) ? 0 : 1;
        });
        assertThat(trained).isEqualTo(Map.of("brick", TRAIN, "grass", TRAIN, "sky", TRAIN));
        assertThat(mirrored[0]).as("mirrored of 120").isBetween(40, 80);

        Map<String, Integer> scored = new TreeMap<>();
        data.score("{mirror: true}", (label, pixels) -> {
            scored.merge(label, 1, Integer::sum);
            assertThat(leftIsColoured(label, pixels)).isTrue();
        });
        assertThat(scored).isEqualTo(Map.of("brick", TEST, "grass", TEST, "sky", TEST));
    }

    @Test
    void splitsMayAlsoBeTwoInputs() throws Exception {
        assertThat(ImageDataset.ingest(
                                directory,
                                List.of(directory.resolve("raw/train"), directory.resolve("raw/test")),
                                "4x4")
                        .manifest()
                        .splits())
                .allSatisfy((name, split) ->
                        assertThat(split.examples()).as(name).isEqualTo(3L * (name.equals("train") ? TRAIN : TEST)));
    }
}
