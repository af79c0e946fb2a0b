package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.Portion;
import org.junit.jupiter.api.Test;

/** Drawing is fair, and takes the memory that the plan says. */
class MixingPoolTest {
    private static final long SEED = 99;

    private static OpenLease lease() {
        return new OpenLease(
                new Lease(1, 0, 0, Kind.TRAIN), new Portion(0, "train-0.avro", 16, 1, 1, Integer.MAX_VALUE));
    }

    private static List<ExampleBlock> blocks(MemoryDataset data, int context) throws Exception {
        List<ExampleBlock> blocks = new ArrayList<>();
        BlockDecoder decoder = Batches.decoder(data, context);
        try (DecodedPortion portion =
                DecodedPortion.open(data, decoder, data.split().portions().get(0))) {
            for (List<ExampleBlock> more = portion.next(); more != null; more = portion.next()) {
                blocks.addAll(more);
            }
        }
        return blocks;
    }

    @Test
    void everyExampleIsAsLikelyAsAnyOther() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 0, 0, 0, 0)
                .utterance(0)
                .utterance(0, 0, 0, 0)
                .build();
        List<ExampleBlock> blocks = blocks(data, 0);
        OpenLease lease = lease();
        Random random = new Random(SEED);
        MiniBatch batch = Batches.batch(data, 0, 3);
        int rounds = 20_000;
        int[] drawn = new int[10];
        for (int i = 0; i < rounds; i++) {
            MixingPool pool = new MixingPool(random, Augmentation.none());
            blocks.forEach(block -> pool.add(block, lease));
            assertThat(pool.draw(batch)).containsEntry(lease, 3);
            Batches.frames(batch).forEach(frame -> drawn[frame]++);
        }
        // 3 of 10 are drawn: mean 6000, standard deviation 65.
        for (int frame = 0; frame < drawn.length; frame++) {
            assertThat(drawn[frame]).as("frame %s, seed %s", frame, SEED).isBetween(6000 - 330, 6000 + 330);
        }
    }

    @Test
    void memoryIsLetGoWithTheLastExampleOfABlock() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 0, 0)
                .utterance(0, 0)
                .build();
        MixingPool pool = new MixingPool(new Random(SEED), Augmentation.none());
        OpenLease lease = lease();
        blocks(data, 0).forEach(block -> pool.add(block, lease));
        assertThat(pool.blocks()).isEqualTo(2);
        pool.draw(Batches.batch(data, 0, 5));
        assertThat(pool.blocks()).isZero();
        assertThat(pool.size()).isZero();
    }

    @Test
    void theMemoryPlanHoldsForSpeech() throws Exception {
        int frames = 60;
        int utterances = 400;
        int shuffle = 3000;
        int miniBatch = 20;
        int context = 5;
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech().portion();
        for (int i = 0; i < utterances; i++) {
            builder.utterance(new int[frames]);
        }
        MemoryDataset data = builder.build();
        Deque<ExampleBlock> waiting = new ArrayDeque<>(blocks(data, context));
        Collection<ExampleBlock> all = List.copyOf(waiting);
        MixingPool pool = new MixingPool(new Random(SEED), Augmentation.none());
        MiniBatch batch = Batches.batch(data, context, miniBatch);
        OpenLease lease = lease();
        int most = 0;
        for (int pass = 0; pass < 4; pass++) {
            waiting.addAll(all);
            while (!waiting.isEmpty()) {
                while (pool.size() < shuffle && !waiting.isEmpty()) {
                    pool.add(waiting.remove(), lease);
                }
                most = Math.max(most, pool.blocks());
                pool.draw(batch);
            }
        }
        long utterance = (frames + 2L * context) * MemoryDataset.BANDS * Float.BYTES + 2L * frames * Integer.BYTES;
        long planned = PortionReader.heapBytes(data.manifest(), data.split(), context, shuffle, miniBatch);
        assertThat(most * utterance)
                .as("bytes of frames and labels at the peak, %s utterances", most)
                .isLessThan(planned)
                .isGreaterThan(planned / 3);
    }

    @Test
    void theMemoryPlanTakesBytesForPixels() {
        MemoryDataset data = new MemoryDataset.Builder(
                        new ImageSettings(32, 32, 3), List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0))
                .portion()
                .images(new byte[10][3072], new int[10])
                .build();
        long pixels = 1250L * 3072;
        assertThat(PortionReader.heapBytes(data.manifest(), data.split(), 0, 1000, 10))
                .isGreaterThan(pixels)
                .isLessThan(pixels * 5 / 4);
    }
}
