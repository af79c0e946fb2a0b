package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.ImageSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading a held-out portion in order, with the bounds of its utterances. */
class ScoringReaderTest {
    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    private static ScoringReader open(MemoryDataset data, int context) throws Exception {
        return ScoringReader.open(data, data.split().portions().get(0), Batches.decoder(data, context));
    }

    @Test
    void anUtteranceMayGoOnInTheNextMiniBatch() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 1)
                .utterance(-1, -1)
                .utterance(2, 3, 3, 2, 2)
                .utterance(0, 4)
                .build();
        MiniBatch batch = Batches.batch(data, 1, 4);
        try (ScoringReader reader = open(data, 1)) {
            assertThat(reader.next(batch)).isEqualTo(4);
            assertThat(Batches.frames(batch)).containsExactly(0, 1, 4, 5);
            assertThat(reader.pieces()).containsExactly(new GroupPiece(0, 2, true, 0), new GroupPiece(2, 4, false, 1));
            assertThat(reader.next(batch)).isEqualTo(4);
            assertThat(reader.pieces())
                    .containsExactly(new GroupPiece(0, 3, true, 1), new GroupPiece(3, 4, false, GroupPiece.SEVERAL));
            assertThat(reader.next(batch)).isEqualTo(1);
            assertThat(reader.pieces()).containsExactly(new GroupPiece(0, 1, true, GroupPiece.SEVERAL));
            assertThat(reader.next(batch)).isZero();
            assertThat(reader.pieces()).isEmpty();
            assertThat(reader.next(batch)).isZero();
        }
        assertThat(data.leaked()).isZero();
    }

    @Test
    void imagesHaveNoUtterances() throws Exception {
        MemoryDataset data = new MemoryDataset.Builder(
                        new ImageSettings(1, 1, 3), List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0))
                .portion()
                .images(new byte[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, new int[] {2, 1, 0})
                .build();
        MiniBatch batch = Batches.batch(data, 0, 2);
        try (ScoringReader reader = open(data, 0)) {
            assertThat(reader.next(batch)).isEqualTo(2);
            assertThat(Batches.row(batch, 1)).containsExactly(4, 5, 6);
            assertThat(reader.pieces()).isEmpty();
            assertThat(reader.next(batch)).isEqualTo(1);
            assertThat(Batches.row(batch, 0)).containsExactly(7, 8, 9);
            assertThat(batch.labels()[0]).isZero();
            assertThat(reader.next(batch)).isZero();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyExampleComesOnceInOrderWithThePiecesOfItsUtterance(long seed) throws Exception {
        Random random = new Random(seed);
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech().portion();
        List<Integer> frames = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        int frame = 0;
        for (int u = random.nextInt(8); u >= 0; u--) {
            int[] labels = new int[random.nextInt(12)];
            int labelled = 0;
            for (int i = 0; i < labels.length; i++, frame++) {
                labels[i] = random.nextInt(7) - 1;
                if (labels[i] >= 0) {
                    frames.add(frame);
                    classes.add(labels[i]);
                    labelled++;
                }
            }
            if (labelled > 0) {
                sizes.add(labelled);
            }
            builder.utterance(labels);
        }
        MemoryDataset data = builder.build();
        List<Integer> framesRead = new ArrayList<>();
        List<Integer> classesRead = new ArrayList<>();
        List<Integer> sizesRead = new ArrayList<>();
        int open = 0;
        int capacity = 1 + random.nextInt(9);
        MiniBatch batch = Batches.batch(data, 2, capacity);
        try (ScoringReader reader = open(data, 2)) {
            while (reader.next(batch) > 0) {
                framesRead.addAll(Batches.frames(batch));
                int covered = 0;
                for (GroupPiece piece : reader.pieces()) {
                    assertThat(piece.from()).as("seed %s", seed).isEqualTo(covered);
                    covered = piece.to();
                    open += piece.to() - piece.from();
                    if (piece.last()) {
                        sizesRead.add(open);
                        open = 0;
                    }
                }
                assertThat(covered)
                        .as("seed %s: every example is of a piece", seed)
                        .isEqualTo(batch.size());
                for (int i = 0; i < batch.size(); i++) {
                    classesRead.add(batch.labels()[i]);
                }
            }
        }
        assertThat(framesRead).as("seed %s", seed).isEqualTo(frames);
        assertThat(classesRead).as("seed %s", seed).isEqualTo(classes);
        assertThat(sizesRead).as("seed %s", seed).isEqualTo(sizes);
        assertThat(open).as("seed %s", seed).isZero();
    }

    @Test
    void aPortionThatDoesNotHoldWhatTheManifestSaysIsAnError() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 0)
                .miscount(1)
                .build();
        try (ScoringReader reader = open(data, 0)) {
            assertThatThrownBy(() -> reader.next(Batches.batch(data, 0, 5)))
                    .isInstanceOf(DatasetFormatException.class)
                    .hasMessageContaining("expected 3 examples");
            assertThatThrownBy(() -> reader.next(Batches.batch(data, 1, 5))).hasMessageContaining("of 2 inputs");
        }
        assertThat(data.leaked()).isZero();
    }
}
