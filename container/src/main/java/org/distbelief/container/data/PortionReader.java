package org.distbelief.container.data;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.Split;

/**
 * Turns leased portions into mini-batches (paper, sections 4 and 4.1). A thread of its own reads ahead; mini-batches
 * are drawn at random from a pool of at least {@code shuffle} examples. When the master has no more portions to give
 * for now ({@link #drain}), the pool is drawn to the last example; the last mini-batch may be smaller.
 *
 * <p>Every example of every lease is drawn exactly once. Which one when depends on the randomness, the order of the
 * leases and when draining began and ended, and not on how fast anything is; the same holds for what an
 * {@link Augmentation} does to it.
 *
 * <p>Offers, orders to drain and questions may come from any thread; one thread draws. {@link #close} frees all.
 */
public final class PortionReader implements AutoCloseable {
    /** More leases at once than this would only keep others from getting any. */
    private static final int MOST_WANTED = 16;

    private final Split split;
    private final BlockDecoder decoder;
    private final MixingPlan plan;
    private final MixingPool pool;
    private final OpenLeases leases = new OpenLeases();
    private final ReadAhead readAhead;

    /** Starts the thread of a reader that gives the examples as they are. */
    public PortionReader(
            PortionSource source, Split split, BlockDecoder decoder, int shuffle, int miniBatch, Random random) {
        this(source, split, decoder, shuffle, miniBatch, random, Augmentation.none());
    }

    /**
     * Starts the thread.
     *
     * @param source where portions are read from; stays the caller's
     * @param split whose portions the leases number
     * @param decoder makes examples for the model
     * @param shuffle how many examples are mixed at least, from 1
     * @param miniBatch greatest number of examples that is drawn at once, from 1
     * @param random the order in which examples are drawn; nobody else's from now on
     * @param augmentation what is done to the drawn examples; nobody else's from now on
     */
    public PortionReader(
            PortionSource source,
            Split split,
            BlockDecoder decoder,
            int shuffle,
            int miniBatch,
            Random random,
            Augmentation augmentation) {
        this.split = split;
        this.decoder = decoder;
        this.plan = MixingPlan.of(shuffle, miniBatch);
        this.pool = new MixingPool(random, augmentation);
        this.readAhead = new ReadAhead(source, decoder, plan.bound());
        readAhead.start();
    }

    /**
     * Java heap that a reader takes, in bytes: what is being mixed, what is read ahead, and a record on its way.
     *
     * <p>An image is kept as width x height x channels bytes until it is drawn. Speech is kept as 4 x bands bytes a
     * frame, and an utterance until its last frame is drawn: with g labelled frames in an utterance, drawing at random
     * keeps about ln g + 0.58 times as many as are left to draw.
     *
     * @param split of the data set, the one to train on
     * @param context frames of context on either side; ignored for images
     * @param shuffle as for the constructor, likewise {@code miniBatch}
     */
    public static long heapBytes(DatasetManifest data, Split split, int context, int shuffle, int miniBatch) {
        return MixingPlan.of(shuffle, miniBatch).heapBytes(data, split, context);
    }

    /**
     * Takes a portion to read after those before it. A lease that is here already is left as it is.
     *
     * @throws IllegalArgumentException where the split has no such portion, or the lease is not for training
     */
    public void offer(Lease lease) {
        if (lease.kind() != Kind.TRAIN) {
            throw new IllegalArgumentException("expected a lease to train on, found " + lease);
        }
        int portions = split.portions().size();
        if (lease.portion() < 0 || lease.portion() >= portions) {
            throw new IllegalArgumentException("expected a portion from 0 to " + (portions - 1) + ", found "
                    + lease.portion() + " in lease " + lease.id());
        }
        OpenLease open = new OpenLease(lease, split.portions().get(lease.portion()));
        if (leases.add(open)) {
            readAhead.add(open);
        }
    }

    /** Whether no portions are to come for now, so that what is here is to be drawn to the last example. */
    public void drain(boolean nothingMoreForNow) {
        readAhead.drain(nothingMoreForNow);
    }

    /**
     * How many more portions there is use for now: as many as bring the examples here to those that are mixed and an
     * average portion ahead of them.
     */
    public int wanted() {
        if (!readAhead.alive()) {
            return 0;
        }
        long average =
                Math.max(1, split.examples() / Math.max(1, split.portions().size()));
        long missing = plan.mixed() + average - leases.left();
        return missing <= 0 ? 0 : (int) Math.min(MOST_WANTED, (missing + average - 1) / average);
    }

    /** Whether the last example was drawn, and no more are to come for now. */
    public boolean exhausted() {
        return readAhead.exhausted();
    }

    /**
     * Draws a mini-batch: a full one, or the last examples before a pause.
     *
     * @param batch of the model's inputs, and of at most the {@code miniBatch} examples that the reader was made for
     * @param bound how long to wait for examples
     * @return number of examples drawn; 0 where there were none in that time
     * @throws IOException where a portion could not be read, naming it; from then on always. It is a
     *     {@link org.distbelief.dataset.DatasetFormatException} where the data are at fault
     * @throws IllegalStateException where the reader is closed, or failed for a reason of its own
     */
    public int draw(MiniBatch batch, Duration bound) throws IOException, InterruptedException {
        if (batch.inputUnits() != decoder.inputUnits() || batch.capacity() > plan.miniBatch()) {
            throw new IllegalArgumentException("expected a mini-batch of " + decoder.inputUnits() + " inputs x at most "
                    + plan.miniBatch() + " examples, found " + batch.inputUnits() + " x " + batch.capacity());
        }
        if (!readAhead.fill(pool, plan.mixed(), bound.toNanos())) {
            return 0;
        }
        leases.drawn(pool.draw(batch));
        readAhead.drawn(batch.size());
        return batch.size();
    }

    /**
     * The portions whose last example was drawn since the last call; those without a labelled example are told as soon
     * as they are offered, so ask also after a draw that gave nothing.
     */
    public List<Completed> takeDrawnOut() {
        return leases.takeDrawnOut();
    }

    /** Ends the thread and closes its file; waits at most 10 s for a read under way. A draw that waits ends too. */
    @Override
    public void close() {
        readAhead.close();
    }

    /** The reading thread, for tests that see it end. */
    Thread thread() {
        return readAhead.thread();
    }
}
