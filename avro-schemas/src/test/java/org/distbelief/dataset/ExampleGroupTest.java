package org.distbelief.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;
import org.junit.jupiter.api.Test;

class ExampleGroupTest {
    private final ClassIndex classes = new ClassIndex(Manifests.speech(List.of(), List.of()));

    @Test
    void localLabelsBecomeClassesOfTheWholeDataSet() {
        // Locally "a" is 0 and "2" is 1, with two states each; globally "2" is 0 and "a" is 2.
        UtteranceGroup group = utterance(List.of("a", "2"), floats(1, 2, 3, 4, 5, 6, 7, 8), ints(0, 3, -1, 1), 4);

        assertThat(List.of(group.classId(0), group.classId(1), group.classId(2), group.classId(3)))
                .containsExactly(4, 1, UtteranceGroup.CONTEXT_ONLY, 5);
        assertThat(group.exampleCount()).isEqualTo(3);
        assertThat(group.features().get(7)).isEqualTo(8);
    }

    @Test
    void everyViewOfTheFeaturesStartsAtTheFirst() {
        UtteranceGroup group = utterance(List.of("a"), floats(1, 2), ints(0), 1);
        group.features().get();

        assertThat(group.features().remaining()).isEqualTo(2);
    }

    @Test
    void buffersThatDoNotFitTheCountsAreRefused() {
        assertThatThrownBy(() -> utterance(List.of("a"), floats(1, 2, 3), ints(0), 1))
                .hasMessageContaining("1 frames of 2 features need 8 + 4 bytes")
                .hasMessageContaining("found 12 + 4");
        assertThatThrownBy(() -> utterance(List.of("a"), floats(1, 2), ints(2), 1))
                .hasMessageContaining("frame 0: expected a label from -1 to 1, found 2");
        assertThatThrownBy(() -> utterance(List.of("new"), floats(1, 2), ints(0), 1))
                .hasMessageContaining("label 'new' is not among the 3 labels");
    }

    @Test
    void picturesAreGivenAsTheyAreStored() {
        ImageSettings settings = new ImageSettings(1, 2, 3);
        ByteBuffer pixels = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1});
        // Only names of one state serve here.
        DatasetManifest manifest = new DatasetManifest(
                1,
                "pictures",
                "test",
                1,
                settings,
                List.of("cat", "dog"),
                1,
                "train",
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                Manifests.speech(List.of(), List.of()).splits());
        ImageBatch batch = new ImageBatch(List.of("x", "y"), 1, 2, 3, pixels, List.of("dog", "cat"), ints(0, 1));

        ImageGroup group = new ImageGroup(batch, new ClassIndex(manifest), settings);

        assertThat(group.exampleCount()).isEqualTo(2);
        assertThat(group.classId(0)).isEqualTo(1);
        assertThat(group.classId(1)).isEqualTo(0);
        assertThat(group.pixels().get(11)).isEqualTo((byte) -1);
        batch.setIds(List.of("x"));
        assertThatThrownBy(() -> new ImageGroup(batch, new ClassIndex(manifest), settings))
                .hasMessageContaining("1 images need 6 + 4 bytes");
    }

    private UtteranceGroup utterance(List<String> names, ByteBuffer features, ByteBuffer labels, int frames) {
        return new UtteranceGroup(new Utterance("u", frames, 2, features, names, labels), classes, 2);
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    private static ByteBuffer ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return buffer;
    }
}
