package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.FeatureSettings;
import org.distbelief.dataset.ImageSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From records to normalised examples with the model's classes. */
class BlockDecoderTest {
    /** All blocks of the only portion. */
    private static List<ExampleBlock> blocks(MemoryDataset data, BlockDecoder decoder) throws Exception {
        List<ExampleBlock> all = new ArrayList<>();
        try (DecodedPortion portion =
                DecodedPortion.open(data, decoder, data.split().portions().get(0))) {
            for (List<ExampleBlock> more = portion.next(); more != null; more = portion.next()) {
                all.addAll(more);
            }
        }
        return all;
    }

    private static float[] input(ExampleBlock block, int example, int size) {
        float[] input = new float[size];
        block.copy(example, input);
        return input;
    }

    @Test
    void aWindowHoldsTheFramesAroundAndRepeatsTheEdges() throws Exception {
        MemoryDataset data =
                MemoryDataset.Builder.speech().portion().utterance(0, 1, 2, 3).build();
        ExampleBlock block = blocks(data, Batches.decoder(data, 2)).get(0);
        assertThat(block.size()).isEqualTo(4);
        assertThat(input(block, 0, 10)).containsExactly(0, 0, 0, 0, 0, 0, 1, -1, 2, -2);
        assertThat(input(block, 1, 10)).containsExactly(0, 0, 0, 0, 1, -1, 2, -2, 3, -3);
        assertThat(input(block, 3, 10)).containsExactly(1, -1, 2, -2, 3, -3, 3, -3, 3, -3);
    }

    @Test
    void aSingleFrameIsItsOwnContext() throws Exception {
        MemoryDataset data =
                MemoryDataset.Builder.speech().portion().utterance(5).build();
        ExampleBlock block = blocks(data, Batches.decoder(data, 3)).get(0);
        assertThat(input(block, 0, 14)).hasSize(14).containsOnly(0f);
        assertThat(block.label(0)).isEqualTo(5);
    }

    @Test
    void framesWithoutALabelServeAsContextOnly() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(-1, 4, -1, 1)
                .utterance(-1, -1)
                .build();
        List<ExampleBlock> blocks = blocks(data, Batches.decoder(data, 1));
        assertThat(blocks).as("nothing is labelled in the second utterance").hasSize(1);
        assertThat(blocks.get(0).size()).isEqualTo(2);
        assertThat(input(blocks.get(0), 0, 6)).containsExactly(0, 0, 1, -1, 2, -2);
        assertThat(input(blocks.get(0), 1, 6)).containsExactly(2, -2, 3, -3, 3, -3);
        assertThat(blocks.get(0).label(0)).isEqualTo(4);
        assertThat(blocks.get(0).label(1)).isEqualTo(1);
    }

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void consecutiveExamplesAreThoseThatAreCopiedOneByOne(long seed) throws Exception {
        Random random = new Random(seed);
        int context = random.nextInt(4);
        int[] labels = random.ints(1 + random.nextInt(40), 0, 6)
                .map(label -> random.nextInt(5) == 0 ? -1 : label)
                .toArray();
        labels[random.nextInt(labels.length)] = 3;
        MemoryDataset data =
                MemoryDataset.Builder.speech().portion().utterance(labels).build();
        ExampleBlock rows = blocks(data, Batches.decoder(data, context)).get(0);
        ExampleBlock runs =
                blocks(data, Batches.decoder(data, context).forRuns()).get(0);
        MiniBatch batch = Batches.batch(data, context, rows.size());
        assertThat(rows.copyRun(0, 1, batch, 0)).as("is not faster").isZero();
        assertThat(runs.bytes()).isEqualTo(rows.bytes());

        batch.begin(runs.size());
        for (int at = 0; at < runs.size(); ) {
            int most = 1 + random.nextInt(runs.size() - at);
            int copied = runs.copyRun(at, most, batch, at);
            assertThat(copied).isBetween(1, most);
            at += copied;
        }

        for (int example = 0; example < rows.size(); example++) {
            float[] expected = input(rows, example, batch.inputUnits());
            assertThat(Batches.row(batch, example)).isEqualTo(expected);
            assertThat(input(runs, example, batch.inputUnits())).isEqualTo(expected);
            assertThat(batch.labels()[example]).isEqualTo(rows.label(example));
        }
    }

    @Test
    void speechIsNormalisedBandByBandAndABandThatNeverVariesIsOnlyShifted() throws Exception {
        MemoryDataset data = new MemoryDataset.Builder(
                        MemoryDataset.Builder.speechSettings(2), List.of(10.0, 3.0), List.of(4.0, 0.0))
                .portion()
                .utterance(new float[][] {{12, 3}, {10, 4}}, new int[] {0, 0})
                .build();
        ExampleBlock block = blocks(data, Batches.decoder(data, 1)).get(0);
        assertThat(input(block, 0, 6)).containsExactly(1, 0, 1, 0, 0, 1);
        assertThat(input(block, 1, 6)).containsExactly(1, 0, 0, 1, 0, 1);
    }

    @Test
    void imagesAreNormalisedChannelByChannelInTheirStoredOrder() throws Exception {
        MemoryDataset data = new MemoryDataset.Builder(
                        new ImageSettings(2, 1, 3), List.of(100.0, 0.0, 255.0), List.of(100.0, 1.0, 0.0))
                .portion()
                .images(
                        new byte[][] {{0, 1, (byte) 255, 110, (byte) 200, 0}, {100, 0, (byte) 255, 100, 0, (byte) 255}},
                        new int[] {2, 0})
                .build();
        List<ExampleBlock> blocks = blocks(data, Batches.decoder(data, 0));
        assertThat(blocks).as("a block for each image").hasSize(2);
        assertThat(input(blocks.get(0), 0, 6)).containsExactly(new float[] {-10, 1, 0, 1, 200, -255}, within(1e-5f));
        assertThat(input(blocks.get(1), 0, 6)).containsExactly(new float[] {0, 0, 0, 0, 0, 0}, within(1e-5f));
        assertThat(blocks.get(0).label(0)).isEqualTo(2);
    }

    @Test
    void labelsGoByNameAndNotByNumber() throws Exception {
        MemoryDataset data =
                MemoryDataset.Builder.speech().portion().utterance(0, 1, 4, 5).build();
        ModelDescription model = withLabels(Batches.model(data.manifest(), 0), List.of("c", "x", "a"));
        ExampleBlock block =
                blocks(data, new BlockDecoder(model, data.manifest())).get(0);
        assertThat(List.of(block.label(0), block.label(1), block.label(2), block.label(3)))
                .as("a/0 a/1 c/0 c/1")
                .containsExactly(4, 5, 0, 1);
    }

    @Test
    void anImageWithALabelThatTheModelDoesNotKnowIsNamed() throws Exception {
        MemoryDataset data = images();
        ModelDescription model = withLabels(Batches.model(data.manifest(), 0), List.of("a", "c"));
        assertThatThrownBy(() -> blocks(data, new BlockDecoder(model, data.manifest())))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("file train-0.avro, portion 0, record 0")
                .hasMessageContaining("image 'image-0.png' has the label 'b'")
                .hasMessageContaining("2 labels of the model");
    }

    @Test
    void aDataSetThatDoesNotFitTheModelIsRefused() throws Exception {
        MemoryDataset speech =
                MemoryDataset.Builder.speech().portion().utterance(0).build();
        ModelDescription model = Batches.model(speech.manifest(), 0);
        assertThatThrownBy(() -> new BlockDecoder(model, images().manifest()))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("expected SPEECH as in the model's training data, found IMAGES");
        assertThatThrownBy(() -> new BlockDecoder(model, with(MemoryDataset.Builder.speechSettings(4), 2)))
                .hasMessageContaining("numbers per frame or image: expected 2")
                .hasMessageContaining("found 4");
        assertThatThrownBy(() -> new BlockDecoder(model, with(MemoryDataset.Builder.speechSettings(2), 7)))
                .hasMessageContaining("states per label: expected 2")
                .hasMessageContaining("found 7");
        ModelDescription images = Batches.model(images().manifest(), 0);
        assertThatThrownBy(() -> new BlockDecoder(images, with(new ImageSettings(1, 2, 3), 1)))
                .hasMessageContaining("features: expected ImageSettings[width=2, height=1")
                .hasMessageContaining("found ImageSettings[width=1, height=2");
    }

    @Test
    void framesOfAnotherDimensionThanTheManifestSaysAreNamed() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(new float[][] {{1, 2, 3}}, new int[] {0})
                .build();
        assertThatThrownBy(() -> blocks(data, Batches.decoder(data, 0)))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("utterance 'portion-0/0.wav': expected 2 features per frame, found 3");
    }

    private static MemoryDataset images() {
        return new MemoryDataset.Builder(new ImageSettings(2, 1, 3), List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0))
                .portion()
                .images(new byte[][] {new byte[6]}, new int[] {1})
                .build();
    }

    private static DatasetManifest with(FeatureSettings settings, int states) {
        DatasetManifest other =
                MemoryDataset.Builder.speech().portion().utterance(0).build().manifest();
        List<Double> numbers = Collections.nCopies(settings.statisticsDimension(), 0.0);
        return new DatasetManifest(
                other.schemaVersion(),
                "other",
                other.createdBy(),
                other.seed(),
                settings,
                other.labels(),
                states,
                other.statisticsSplit(),
                numbers,
                numbers,
                other.splits());
    }

    private static ModelDescription withLabels(ModelDescription model, List<String> labels) {
        return new ModelDescription(
                model.schemaVersion(),
                model.job(),
                labels,
                model.statesPerLabel(),
                model.settings(),
                model.context(),
                model.mean(),
                model.variance(),
                model.layout());
    }
}
