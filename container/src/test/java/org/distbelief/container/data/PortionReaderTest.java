package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.replica.MiniBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the reader mixes, waits, asks for portions and keeps its bounds. */
@Timeout(60)
class PortionReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(20);
    private static final int FRAMES = 10;

    /** Portions of so many utterances with {@value #FRAMES} labelled frames each. */
    private static MemoryDataset portions(int portions, int utterances) {
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech();
        for (int p = 0; p < portions; p++) {
            builder.portion();
            for (int u = 0; u < utterances; u++) {
                builder.utterance(new int[FRAMES]);
            }
        }
        return builder.build();
    }

    private static PortionReader reader(MemoryDataset data, int shuffle, int miniBatch) throws Exception {
        return new PortionReader(data, data.split(), Batches.decoder(data, 0), shuffle, miniBatch, new Random(7));
    }

    private static Lease lease(long id, int portion) {
        return new Lease(id, 0, portion, Kind.TRAIN);
    }

    @Test
    void waitsForEnoughToMixUnlessDraining() throws Exception {
        MemoryDataset data = portions(4, 5);
        MiniBatch batch = Batches.batch(data, 0, 30);
        try (PortionReader reader = reader(data, 100, 30)) {
            reader.offer(lease(1, 0));
            assertThat(reader.draw(batch, GLANCE)).as("50 of 100 examples").isZero();
            reader.offer(lease(2, 1));
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(30);
            assertThat(reader.draw(batch, GLANCE)).as("70 of 100 examples").isZero();
            reader.drain(true);
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(30);
            assertThat(reader.takeDrawnOut()).hasSizeLessThan(2);
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(30);
            assertThat(reader.exhausted()).isFalse();
            assertThat(reader.draw(batch, PATIENCE)).as("what is left").isEqualTo(10);
            assertThat(reader.exhausted()).isTrue();
            assertThat(reader.draw(batch, GLANCE)).isZero();

            reader.offer(lease(3, 2));
            assertThat(reader.exhausted()).isFalse();
            assertThat(reader.draw(batch, PATIENCE))
                    .as("a lease while still draining")
                    .isEqualTo(30);
            reader.drain(false);
            assertThat(reader.draw(batch, GLANCE)).isZero();
            assertThat(reader.exhausted()).isFalse();
            reader.offer(lease(4, 3));
            reader.offer(lease(5, 3));
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(30);
        }
    }

    @Test
    void whileDrainingItStillReadsAllItHoldsBeforeItGivesALesserBatch() throws Exception {
        Semaphore records = new Semaphore(0);
        MemoryDataset data = portions(1, 4).hooked((portion, record) -> acquire(records));
        MiniBatch batch = Batches.batch(data, 0, 40);
        try (PortionReader reader = reader(data, 40, 40)) {
            reader.offer(lease(1, 0));
            reader.drain(true);
            records.release(3);
            assertThat(reader.draw(batch, GLANCE)).isZero();
            records.release(2);
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(40);
            assertThat(reader.takeDrawnOut()).containsExactly(new Completed(1, 40));
        }
    }

    @Test
    void whatIsDrawnDoesNotDependOnHowFastReadingIs() throws Exception {
        List<Integer> fast = drawAll(portions(6, 7));
        Semaphore records = new Semaphore(0);
        MemoryDataset slow = portions(6, 7).hooked((portion, record) -> acquire(records));
        Thread pacer = new Thread(() -> {
            for (int i = 0; i < 6 * 8; i++) {
                records.release();
                Thread.onSpinWait();
            }
        });
        pacer.start();
        List<Integer> paced = drawAll(slow);
        pacer.join(PATIENCE.toMillis());
        assertThat(paced).isEqualTo(fast);
        assertThat(fast).hasSize(6 * 7 * FRAMES).doesNotHaveDuplicates();
    }

    private static List<Integer> drawAll(MemoryDataset data) throws Exception {
        List<Integer> drawn = new ArrayList<>();
        MiniBatch batch = Batches.batch(data, 0, 16);
        try (PortionReader reader = reader(data, 60, 16)) {
            reader.drain(true);
            for (int p = 0; p < data.split().portions().size(); p++) {
                reader.offer(lease(p, p));
            }
            while (reader.draw(batch, drawn.size() < data.split().examples() ? PATIENCE : GLANCE) > 0) {
                drawn.addAll(Batches.frames(batch));
            }
        }
        return drawn;
    }

    @Test
    void mixesTheFramesOfManyUtterances() throws Exception {
        MemoryDataset data = portions(20, 20);
        MiniBatch batch = Batches.batch(data, 0, 100);
        try (PortionReader reader = reader(data, 2000, 100)) {
            IntStream.range(0, 20).forEach(p -> reader.offer(lease(p, p)));
            List<Double> positions = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                assertThat(reader.draw(batch, PATIENCE)).isEqualTo(100);
                List<Integer> frames = Batches.frames(batch);
                long utterances =
                        frames.stream().map(frame -> frame / FRAMES).distinct().count();
                assertThat(utterances).as("utterances in one mini-batch of 100").isGreaterThan(50);
                frames.forEach(frame -> positions.add((double) frame));
            }
            assertThat(Collections.max(positions)).as("far ahead").isGreaterThan(1900);
            assertThat(positions.stream().limit(100).filter(p -> p < 1000).count())
                    .as("of the first mini-batch, from the first half of the pool")
                    .isBetween(30L, 70L);
        }
    }

    @Test
    void wantsWhatFillsThePoolAndOnePortionAhead() throws Exception {
        MemoryDataset data = portions(40, 5);
        MiniBatch batch = Batches.batch(data, 0, 25);
        try (PortionReader reader = reader(data, 120, 25)) {
            assertThat(reader.wanted()).as("(120 + 50) / 50, rounded up").isEqualTo(4);
            IntStream.range(0, 3).forEach(p -> reader.offer(lease(p, p)));
            assertThat(reader.wanted()).isEqualTo(1);
            reader.offer(lease(3, 3));
            assertThat(reader.wanted()).isZero();
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(25);
            assertThat(reader.wanted()).as("175 left of 170").isZero();
            assertThat(reader.draw(batch, PATIENCE)).isEqualTo(25);
            assertThat(reader.wanted()).as("150 left of 170").isEqualTo(1);
        }
    }

    @Test
    void neverHoldsMuchMoreThanItNeeds() throws Exception {
        Semaphore asked = new Semaphore(0);
        MemoryDataset data = portions(1, 1000).hooked((portion, record) -> asked.release());
        try (PortionReader reader = reader(data, 200, 20)) {
            reader.offer(lease(1, 0));
            // 200 mixed and 80 ahead are 28 records; one more waits to get in, and the next is not asked for.
            assertThat(asked.tryAcquire(29, 20, TimeUnit.SECONDS)).isTrue();
            Threads.awaitWaiting(reader.thread());
            assertThat(asked.availablePermits()).isZero();
            assertThat(reader.draw(Batches.batch(data, 0, 20), PATIENCE)).isEqualTo(20);
            assertThat(asked.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPortionWithoutLabelsIsDoneAtOnceAndNotRead() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(-1, -1, -1)
                .portion()
                .utterance(0, 1)
                .build();
        try (PortionReader reader = reader(data, 1, 1)) {
            reader.offer(lease(4, 0));
            assertThat(reader.takeDrawnOut()).containsExactly(new Completed(4, 0));
            assertThat(data.opened()).isZero();
        }
    }

    @Test
    void refusesLeasesAndBatchesThatDoNotFit() throws Exception {
        MemoryDataset data = portions(2, 1);
        try (PortionReader reader = reader(data, 5, 5)) {
            assertThatThrownBy(() -> reader.offer(lease(9, 2))).hasMessageContaining("0 to 1, found 2 in lease 9");
            assertThatThrownBy(() -> reader.offer(new Lease(9, 0, 0, Kind.EVALUATE)))
                    .hasMessageContaining("to train on");
            assertThatThrownBy(() -> reader.draw(Batches.batch(data, 0, 6), GLANCE))
                    .hasMessageContaining("at most 5 examples");
            assertThatThrownBy(() -> reader.draw(Batches.batch(data, 1, 5), GLANCE))
                    .hasMessageContaining("of 2 inputs");
        }
    }

    private static void acquire(Semaphore records) throws IOException {
        try {
            records.acquire();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }
}
