package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Portions that are used again and again: kept in memory as far as it goes, and read ahead. */
@Timeout(60)
class PortionCacheTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    /** More than all of the test's data takes. */
    private static final long PLENTY = 1 << 20;

    /** A block of four frames: see SpeechBlock. */
    private static final long BLOCK = 96 + 4 * 4 * MemoryDataset.BANDS + 8 * 4;

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /** So many portions of two utterances of four frames. */
    private static MemoryDataset data(int portions) {
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech();
        for (int p = 0; p < portions; p++) {
            builder.portion().utterance(0, 1, 2, 3).utterance(3, 2, 1, 0);
        }
        return builder.build();
    }

    private static PortionCache cache(MemoryDataset data, long bytes) throws Exception {
        return new PortionCache(data, data.split(), Batches.decoder(data, 0), bytes);
    }

    /** Reads an opened portion to its end; the sizes of its mini-batches. */
    private static List<Integer> read(PortionExamples examples, MiniBatch batch, List<Integer> frames)
            throws Exception {
        List<Integer> sizes = new ArrayList<>();
        for (int count = examples.fill(batch, BOUND); count > 0; count = examples.fill(batch, BOUND)) {
            sizes.add(count);
            frames.addAll(Batches.frames(batch));
        }
        assertThat(examples.ended()).isTrue();
        return sizes;
    }

    private static List<Integer> frames(PortionExamples examples, MiniBatch batch) throws Exception {
        List<Integer> frames = new ArrayList<>();
        read(examples, batch, frames);
        return frames;
    }

    private static List<Integer> framesOf(int portion) {
        return IntStream.range(8 * portion, 8 * portion + 8).boxed().toList();
    }

    @Test
    void aPortionIsReadOnceAndItsMiniBatchesAreAlwaysTheSame() throws Exception {
        MemoryDataset data = data(3);
        MiniBatch batch = Batches.batch(data, 0, 3);
        try (PortionCache cache = cache(data, PLENTY)) {
            for (int round = 0; round < 3; round++) {
                for (int portion : new int[] {2, 0, 1}) {
                    List<Integer> frames = new ArrayList<>();
                    assertThat(read(cache.open(portion), batch, frames)).containsExactly(3, 3, 2);
                    assertThat(frames).isEqualTo(framesOf(portion));
                }
            }
            assertThat(cache.bytes()).isEqualTo(6 * BLOCK);
        }
        assertThat(data.opened()).isEqualTo(3);
        assertThat(data.leaked()).isZero();
    }

    @Test
    void itEndsWithTheMiniBatchThatHoldsItsLastExample() throws Exception {
        MemoryDataset data = data(1);
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, PLENTY)) {
            frames(cache.open(0), batch);
            PortionExamples again = cache.open(0);
            assertThat(again.ended()).isFalse();
            assertThat(again.fill(batch, BOUND)).isEqualTo(8);
            assertThat(again.ended()).isTrue();
            assertThat(again.examples()).isEqualTo(8);
        }
    }

    @Test
    void whatWasNotUsedForTheLongestTimeGoes() throws Exception {
        MemoryDataset data = data(3);
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, 4 * BLOCK)) {
            frames(cache.open(0), batch);
            frames(cache.open(1), batch);
            frames(cache.open(0), batch);
            frames(cache.open(2), batch);
            assertThat(cache.bytes()).isEqualTo(4 * BLOCK);
            assertThat(data.opened()).isEqualTo(3);
            assertThat(frames(cache.open(0), batch)).isEqualTo(framesOf(0));
            assertThat(data.opened()).as("portion 0 was kept").isEqualTo(3);
            assertThat(frames(cache.open(1), batch)).isEqualTo(framesOf(1));
            assertThat(data.opened()).as("portion 1 was given up").isEqualTo(4);
        }
    }

    @Test
    void withoutRoomEveryPortionPassesThrough() throws Exception {
        MemoryDataset data = data(2);
        MiniBatch batch = Batches.batch(data, 0, 3);
        try (PortionCache cache = cache(data, 0)) {
            for (int round = 1; round <= 3; round++) {
                assertThat(frames(cache.open(0), batch)).isEqualTo(framesOf(0));
                assertThat(frames(cache.open(0), batch)).isEqualTo(framesOf(0));
                assertThat(frames(cache.open(1), batch)).isEqualTo(framesOf(1));
                assertThat(data.opened()).isEqualTo(3 * round);
            }
            assertThat(cache.bytes()).isZero();
        }
        assertThat(data.leaked()).isZero();
    }

    @Test
    void aPortionLargerThanTheCacheLeavesTheOthersThere() throws Exception {
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech().portion().utterance(0, 1, 2, 3);
        builder.portion();
        IntStream.range(0, 20).forEach(i -> builder.utterance(0, 1, 2, 3));
        MemoryDataset data = builder.build();
        MiniBatch batch = Batches.batch(data, 0, 16);
        try (PortionCache cache = cache(data, 6 * BLOCK)) {
            frames(cache.open(0), batch);
            assertThat(frames(cache.open(1), batch)).hasSize(80);
            assertThat(cache.bytes()).isEqualTo(BLOCK);
            frames(cache.open(0), batch);
            assertThat(data.opened()).isEqualTo(2);
        }
    }

    @Test
    void whatWillBeNextIsReadWhileAnotherOneIsUsed() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        MemoryDataset data = data(3);
        data.hooked((portion, record) -> {
            if (portion.id() == 2 && record == 2) {
                second.countDown();
            }
        });
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, PLENTY)) {
            cache.ahead(List.of(1, 2));
            PortionExamples first = cache.open(0);
            assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(frames(first, batch)).isEqualTo(framesOf(0));
            assertThat(frames(cache.open(2), batch)).isEqualTo(framesOf(2));
            assertThat(frames(cache.open(1), batch)).isEqualTo(framesOf(1));
        }
        assertThat(data.opened()).isEqualTo(3);
    }

    @Test
    void whatIsUsedNowComesBeforeWhatWillBeNext() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MemoryDataset data = data(2);
        AtomicBoolean held = new AtomicBoolean();
        data.hooked((portion, record) -> {
            if (portion.id() == 0 && !held.getAndSet(true)) {
                reached.countDown();
                awaitLatch(goOn);
            }
        });
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, PLENTY)) {
            cache.ahead(List.of(0));
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
            PortionExamples other = cache.open(1);
            assertThat(other.fill(batch, Duration.ofMillis(1))).isEqualTo(PortionExamples.NOT_YET);
            goOn.countDown();
            assertThat(frames(other, batch)).isEqualTo(framesOf(1));
            assertThat(frames(cache.open(0), batch)).isEqualTo(framesOf(0));
        }
        assertThat(data.leaked()).isZero();
    }

    private static void awaitLatch(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Test
    void aFailureAheadIsTriedAgainWhenThePortionIsUsed() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        CountDownLatch failed = new CountDownLatch(1);
        MemoryDataset data = data(2);
        data.hooked((portion, record) -> {
            if (portion.id() == 1 && broken.get()) {
                failed.countDown();
                throw new IOException("no block of it is left");
            }
        });
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, PLENTY)) {
            cache.ahead(List.of(1));
            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(frames(cache.open(0), batch)).isEqualTo(framesOf(0));
            PortionExamples unreadable = cache.open(1);
            assertThatThrownBy(() -> unreadable.fill(batch, BOUND))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reading portion 1 (file train-1.avro) failed: no block of it is left");
            broken.set(false);
            assertThat(frames(cache.open(1), batch)).isEqualTo(framesOf(1));
        }
        assertThat(data.leaked()).isZero();
    }

    @Test
    void dataThatAreNotTheManifestsAreRefused() throws Exception {
        MemoryDataset data = MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 1)
                .miscount(1)
                .build();
        MiniBatch batch = Batches.batch(data, 0, 8);
        try (PortionCache cache = cache(data, PLENTY)) {
            PortionExamples examples = cache.open(0);
            assertThatThrownBy(() -> examples.fill(batch, BOUND))
                    .isInstanceOf(DatasetFormatException.class)
                    .hasMessageContaining("expected 3 examples as the manifest says, found 2");
            assertThatThrownBy(() -> cache.open(1)).hasMessageContaining("expected a portion from 0 to 0, found 1");
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverIsAskedForItsFramesComeInOrderAndTheBoundHolds(long seed) throws Exception {
        Random random = new Random(seed);
        MemoryDataset data = data(8);
        long bound = BLOCK * random.nextInt(20);
        try (PortionCache cache = cache(data, bound)) {
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(3) > 0) {
                    cache.ahead(random.ints(random.nextInt(4), 0, 8).boxed().toList());
                }
                int portion = random.nextInt(8);
                MiniBatch batch = Batches.batch(data, 0, 1 + random.nextInt(9));
                PortionExamples examples = cache.open(portion);
                if (random.nextInt(3) == 0) {
                    // Given up half way.
                    assertThat(examples.fill(batch, BOUND)).isPositive();
                } else {
                    assertThat(frames(examples, batch)).as("seed %d", seed).isEqualTo(framesOf(portion));
                }
                assertThat(cache.bytes()).isLessThanOrEqualTo(bound + 4 * BLOCK);
            }
        }
        assertThat(data.leaked()).isZero();
    }
}
