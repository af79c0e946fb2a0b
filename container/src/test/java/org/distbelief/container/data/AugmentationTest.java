package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.distbelief.conf.AugmentConfig;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.ImageSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that are trained on are mirrored and shifted as the job asks, and only these. */
@Timeout(60)
class AugmentationTest {
    private static final long SEED = 5;
    private static final int IMAGES = 60;
    private static final Shape SHAPE = new Shape(2, 3, 3);

    /** Two rows of three pixels; the digits are the pixels' red. */
    private static final String IMAGE = "123/456";

    private static final List<String> SHIFTED =
            List.of(IMAGE, "112/445", "233/566", "123/123", "456/456", "112/112", "233/233", "445/445", "566/566");
    private static final List<String> MIRRORED_AND_SHIFTED =
            List.of("321/654", "332/665", "211/544", "321/321", "654/654", "332/332", "211/211", "665/665", "544/544");

    private static AugmentConfig config(String settings) {
        return TestJobs.job(
                        "softmaxCrossEntropy",
                        List.of("fullyConnected: {units: classes}"),
                        List.of("data.augment=" + settings))
                .config()
                .data()
                .augment();
    }

    /** An image with its green 100 above its red, and its blue 200 above it; labelled with its number modulo 3. */
    private static MemoryDataset images(int count) {
        byte[][] pixels = new byte[count][SHAPE.units()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            for (int p = 0; p < 6; p++) {
                for (int c = 0; c < 3; c++) {
                    pixels[i][p * 3 + c] = (byte) (p + 1 + 100 * c);
                }
            }
            labels[i] = i % 3;
        }
        return new MemoryDataset.Builder(new ImageSettings(3, 2, 3), List.of(0.0, 100.0, 0.0), List.of(1.0, 1.0, 4.0))
                .portion()
                .images(pixels, labels)
                .build();
    }

    private static ExampleBlock image() throws Exception {
        MemoryDataset data = images(1);
        try (DecodedPortion portion = DecodedPortion.open(
                data, Batches.decoder(data, 0), data.split().portions().get(0))) {
            return Objects.requireNonNull(portion.next()).get(0);
        }
    }

    /** How often each picture comes, written like {@link #IMAGE}. */
    private static Map<String, Integer> pictures(String settings, int draws) throws Exception {
        ExampleBlock image = image();
        Augmentation augmentation = Augmentation.of(config(settings), SHAPE, SEED);
        float[] row = new float[SHAPE.units()];
        Map<String, Integer> pictures = new TreeMap<>();
        for (int i = 0; i < draws; i++) {
            augmentation.copy(image, 0, row);
            pictures.merge(picture(row), 1, Integer::sum);
        }
        return pictures;
    }

    private static String picture(float[] row) {
        StringBuilder text = new StringBuilder();
        for (int p = 0; p < 6; p++) {
            float red = row[3 * p];
            assertThat(row[3 * p + 1]).as("green, normalised").isEqualTo(red);
            assertThat(row[3 * p + 2]).as("blue, normalised").isEqualTo((red + 200) / 2);
            text.append(p == 3 ? "/" : "").append((int) red);
        }
        return text.toString();
    }

    @Test
    void everySecondImageIsMirrored() throws Exception {
        Map<String, Integer> pictures = pictures("{mirror: true}", 10_000);

        assertThat(pictures).containsOnlyKeys(IMAGE, "321/654");
        // Standard deviation 50.
        assertThat(pictures.get(IMAGE)).as("seed %s", SEED).isBetween(4750, 5250);
    }

    @Test
    void allShiftsAreAsLikelyAndTheNearestPixelsFillTheBorder() throws Exception {
        Map<String, Integer> pictures = pictures("{shift: 1}", 9000);

        assertThat(pictures).containsOnlyKeys(SHIFTED);
        // Mean 1000, standard deviation 30.
        assertThat(pictures.values())
                .as("seed %s", SEED)
                .allSatisfy(n -> assertThat(n).isBetween(850, 1150));
    }

    @Test
    void mirroringAndBothShiftsAreIndependent() throws Exception {
        List<String> expected = new ArrayList<>(SHIFTED);
        expected.addAll(MIRRORED_AND_SHIFTED);

        Map<String, Integer> pictures = pictures("{mirror: true, shift: 1}", 18_000);

        assertThat(pictures).containsOnlyKeys(expected);
        assertThat(pictures.values())
                .as("seed %s", SEED)
                .allSatisfy(n -> assertThat(n).isBetween(850, 1150));
    }

    @Test
    void aShiftOfAWholeImageIsRefused() {
        assertThatThrownBy(() -> Augmentation.of(config("{shift: 2}"), SHAPE, SEED))
                .hasMessageContaining("smaller than the sides of an image of 2 x 3 x 3, found 2");
    }

    /** All inputs and labels, mini-batch after mini-batch. */
    private static List<String> train(MemoryDataset data, Augmentation augmentation) throws Exception {
        List<String> drawn = new ArrayList<>();
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionReader reader = new PortionReader(
                data, data.split(), Batches.decoder(data, 0), 20, 8, new Random(SEED), augmentation)) {
            read(reader, batch, data, drawn);
        }
        return drawn;
    }

    private static void read(PortionReader reader, MiniBatch batch, MemoryDataset data, List<String> drawn)
            throws Exception {
        reader.drain(true);
        reader.offer(new Lease(1, 0, 0, Kind.TRAIN));
        while (drawn.size() < data.split().examples()) {
            int count = reader.draw(batch, Duration.ofSeconds(20));
            assertThat(count).isPositive();
            for (int i = 0; i < count; i++) {
                drawn.add(batch.labels()[i] + ": " + Arrays.toString(Batches.row(batch, i)));
            }
        }
    }

    private static List<Character> labels(List<String> drawn) {
        return drawn.stream().map(text -> text.charAt(0)).toList();
    }

    @Test
    void aSeedGivesTheSameImagesInTheSameOrder() throws Exception {
        MemoryDataset data = images(IMAGES);
        AugmentConfig both = config("{mirror: true, shift: 1}");

        List<String> drawn = train(data, Augmentation.of(both, SHAPE, SEED));

        assertThat(drawn).hasSize(IMAGES);
        assertThat(drawn.stream().distinct().count()).as("different pictures").isGreaterThan(20);
        assertThat(train(data, Augmentation.of(both, SHAPE, SEED))).isEqualTo(drawn);
        assertThat(train(data, Augmentation.of(both, SHAPE, SEED + 1))).isNotEqualTo(drawn);
    }

    @Test
    void unlessAskedForTheImagesAreAsTheyAreAndTheirOrderIsTheSameEitherWay() throws Exception {
        MemoryDataset data = images(IMAGES);
        List<String> plain = new ArrayList<>();
        try (PortionReader reader =
                new PortionReader(data, data.split(), Batches.decoder(data, 0), 20, 8, new Random(SEED))) {
            read(reader, Batches.batch(data, 0, 8), data, plain);
        }

        assertThat(plain).allSatisfy(image -> assertThat(image).contains("[1.0, 1.0, 100.5, 2.0, 2.0, 101.0, 3.0,"));
        assertThat(train(data, Augmentation.of(config("{}"), SHAPE, SEED))).isEqualTo(plain);
        assertThat(labels(train(data, Augmentation.of(config("{shift: 1}"), SHAPE, SEED))))
                .isEqualTo(labels(plain));
    }

    @Test
    void speechIsLeftAlone() throws Exception {
        MemoryDataset data =
                MemoryDataset.Builder.speech().portion().utterance(0, 1, 2).build();
        Shape input = Batches.model(data.manifest(), 1).inputShape();
        List<String> drawn = train(data, Augmentation.of(config("{}"), input, SEED));

        assertThat(drawn).containsExactlyInAnyOrder("0: [0.0, 0.0]", "1: [1.0, -1.0]", "2: [2.0, -2.0]");
    }

    @Test
    void scoringSeesTheImagesAsTheyAre() throws Exception {
        MemoryDataset data = images(IMAGES);
        ModelDescription model = ModelDescription.of(
                TestJobs.job(
                        "softmaxCrossEntropy",
                        List.of("fullyConnected: {units: classes}"),
                        List.of("data.augment={mirror: true, shift: 1}")),
                data.manifest());
        MiniBatch batch = Batches.batch(data, 0, IMAGES);
        try (ScoringReader reader =
                ScoringReader.open(data, data.split().portions().get(0), new BlockDecoder(model, data.manifest()))) {
            assertThat(reader.next(batch)).isEqualTo(IMAGES);
        }
        for (int i = 0; i < IMAGES; i++) {
            assertThat(picture(Batches.row(batch, i))).isEqualTo(IMAGE);
        }
    }
}
