package org.distbelief.container.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong comes out where it is noticed, and closing ends everything whatever is under way. */
@Timeout(60)
class PortionReaderFailureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(20);

    private static MemoryDataset.Builder twoPortions() {
        return MemoryDataset.Builder.speech()
                .portion()
                .utterance(0, 1, 2)
                .portion()
                .utterance(3, 4, 5)
                .utterance(0, 0, 0);
    }

    private static PortionReader reader(MemoryDataset data) throws Exception {
        return new PortionReader(data, data.split(), Batches.decoder(data, 0), 100, 4, new Random(3));
    }

    private static Lease lease(int portion) {
        return new Lease(70 + portion, 0, portion, Kind.TRAIN);
    }

    /** What drawing fails with while both portions are being read. */
    private static Throwable failure(MemoryDataset data) throws Exception {
        MiniBatch batch = Batches.batch(data, 0, 4);
        try (PortionReader reader = reader(data)) {
            reader.offer(lease(0));
            reader.offer(lease(1));
            Throwable first = catchThrowable(() -> reader.draw(batch, PATIENCE));
            assertThatThrownBy(() -> reader.draw(batch, GLANCE))
                    .as("from then on always")
                    .hasMessage(first.getMessage());
            assertThat(reader.wanted()).isZero();
            Threads.requireEnded(reader.thread());
            assertThat(data.leaked()).isZero();
            return first;
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamedWithItsLease() throws Exception {
        IOException cause = new IOException("connection reset");
        Throwable thrown = failure(twoPortions().build().hooked((portion, record) -> {
            if (portion.id() == 1 && record == 1) {
                throw cause;
            }
        }));
        assertThat(thrown)
                .isExactlyInstanceOf(IOException.class)
                .hasCause(cause)
                .hasMessage("reading portion 1 (lease 71, file train-1.avro) failed: connection reset");
    }

    @Test
    void badDataStayBadData() throws Exception {
        Throwable thrown = failure(twoPortions().build().hooked((portion, record) -> {
            throw new DatasetFormatException("not Avro");
        }));
        assertThat(thrown).isInstanceOf(DatasetFormatException.class).hasMessageContaining("not Avro");
    }

    @Test
    void programmingErrorsAndErrorsOfTheMachineComeOutToo() throws Exception {
        for (Throwable cause : List.of(new UnsupportedOperationException("bug"), new OutOfMemoryError("heap"))) {
            Throwable thrown = failure(twoPortions().build().hooked((portion, record) -> {
                if (cause instanceof RuntimeException e) {
                    throw e;
                }
                throw (Error) cause;
            }));
            assertThat(thrown).isInstanceOf(IllegalStateException.class).hasCause(cause);
        }
    }

    @Test
    void aPortionWithOtherCountsThanTheManifestIsAnError() throws Exception {
        assertThat(failure(twoPortions().miscount(1).build()))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("train-1.avro")
                .hasMessageContaining("expected 7 examples")
                .hasMessageContaining("found 6");
        assertThat(failure(twoPortions().miscount(-2).build()))
                .isInstanceOf(DatasetFormatException.class)
                .hasMessageContaining("expected 4 examples")
                .hasMessageContaining("found at least 6");
    }

    @Test
    void aLabelThatTheModelDoesNotKnowIsNamedWithItsPlace() throws Exception {
        MemoryDataset data = twoPortions().build();
        ModelDescription known = Batches.model(data.manifest(), 0);
        ModelDescription model = new ModelDescription(
                known.schemaVersion(),
                known.job(),
                List.of("c", "a", "x"),
                known.statesPerLabel(),
                known.settings(),
                known.context(),
                known.mean(),
                known.variance(),
                known.layout());
        BlockDecoder decoder = new BlockDecoder(model, data.manifest());
        try (PortionReader reader = new PortionReader(data, data.split(), decoder, 100, 4, new Random(3))) {
            reader.offer(lease(0));
            assertThatThrownBy(() -> reader.draw(Batches.batch(data, 0, 4), PATIENCE))
                    .isInstanceOf(DatasetFormatException.class)
                    .hasMessageContaining("file train-0.avro, portion 0, record 0")
                    .hasMessageContaining("frame 2 of utterance 'portion-0/0.wav'")
                    .hasMessageContaining("'b'");
        }
    }

    @Test
    void aDrawThatWaitsHearsOfAFailure() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        MemoryDataset data = twoPortions().build().hooked((portion, record) -> {
            await(go);
            throw new IOException("late");
        });
        try (PortionReader reader = reader(data)) {
            reader.offer(lease(0));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread trainer = trainer(data, reader, thrown);
            Threads.awaitWaiting(trainer);
            go.countDown();
            Threads.requireEnded(trainer);
            assertThat(thrown.get()).isInstanceOf(IOException.class).hasMessageContaining("late");
        }
    }

    @Test
    void closingEndsAnIdleReader() throws Exception {
        MemoryDataset data = twoPortions().build();
        PortionReader reader = reader(data);
        Threads.awaitWaiting(reader.thread());
        reader.close();
        Threads.requireEnded(reader.thread());
        assertThatThrownBy(() -> reader.draw(Batches.batch(data, 0, 4), GLANCE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        reader.offer(lease(0));
        reader.drain(true);
        assertThat(reader.wanted()).isZero();
        reader.close();
    }

    @Test
    void closingEndsAReadUnderWay() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        MemoryDataset data = twoPortions().build().hooked((portion, record) -> {
            reading.countDown();
            await(new CountDownLatch(1));
        });
        PortionReader reader = reader(data);
        reader.offer(lease(0));
        reader.offer(lease(1));
        reading.await();
        reader.close();
        Threads.requireEnded(reader.thread());
        assertThat(data.opened()).isEqualTo(1);
        assertThat(data.leaked()).isZero();
    }

    @Test
    void closingEndsAReaderThatWaitsForRoom() throws Exception {
        MemoryDataset.Builder builder = MemoryDataset.Builder.speech().portion();
        for (int i = 0; i < 200; i++) {
            builder.utterance(0, 0, 0);
        }
        MemoryDataset data = builder.build();
        PortionReader reader = reader(data);
        reader.offer(lease(0));
        Threads.awaitWaiting(reader.thread());
        reader.close();
        Threads.requireEnded(reader.thread());
        assertThat(data.leaked()).isZero();
    }

    @Test
    void closingEndsADrawThatWaits() throws Exception {
        MemoryDataset data = twoPortions().build();
        PortionReader reader = reader(data);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread trainer = trainer(data, reader, thrown);
        Threads.awaitWaiting(trainer);
        reader.close();
        Threads.requireEnded(trainer);
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDrawThatWaitsCanBeInterrupted() throws Exception {
        MemoryDataset data = twoPortions().build();
        try (PortionReader reader = reader(data)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread trainer = trainer(data, reader, thrown);
            Threads.awaitWaiting(trainer);
            trainer.interrupt();
            Threads.requireEnded(trainer);
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    private static Thread trainer(MemoryDataset data, PortionReader reader, AtomicReference<Throwable> thrown) {
        MiniBatch batch = Batches.batch(data, 0, 4);
        Thread trainer = new Thread(() -> thrown.set(catchThrowable(() -> reader.draw(batch, PATIENCE))), "trainer");
        trainer.start();
        return trainer;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
