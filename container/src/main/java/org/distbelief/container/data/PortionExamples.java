package org.distbelief.container.data;

import java.io.IOException;
import java.time.Duration;
import org.distbelief.container.replica.MiniBatch;

/**
 * The examples of a portion of a {@link PortionCache} in their stored order, mini-batch by mini-batch. For one thread.
 */
public final class PortionExamples {
    /** What {@link #fill} answers where the examples have not been read yet. */
    public static final int NOT_YET = -1;

    private final PortionCache cache;
    private final LoadedPortion portion;
    private final int inputUnits;
    private int block;
    private int nextExample;
    private long taken;
    private boolean ended;

    PortionExamples(PortionCache cache, LoadedPortion portion, int inputUnits) {
        this.cache = cache;
        this.portion = portion;
        this.inputUnits = inputUnits;
    }

    /** The portion's number in the split. */
    public int portion() {
        return portion.portion().id();
    }

    /** Labelled examples of the whole portion, as the manifest says. */
    public long examples() {
        return portion.portion().examples();
    }

    /** Whether the last mini-batch held the last example. */
    public boolean ended() {
        return ended;
    }

    /**
     * Fills a mini-batch with the next examples, up to its capacity: with fewer only at the end of the portion.
     *
     * @param bound how long to wait for them to be read
     * @return number of examples; 0 at the end of the portion, {@link #NOT_YET} where they are not there in time
     * @throws IOException where the portion cannot be read, naming it; it is a
     *     {@link org.distbelief.dataset.DatasetFormatException} where the data are at fault
     */
    public int fill(MiniBatch batch, Duration bound) throws IOException, InterruptedException {
        if (batch.inputUnits() != inputUnits) {
            throw new IllegalArgumentException(
                    "expected mini-batches of " + inputUnits + " inputs, found " + batch.inputUnits());
        }
        PortionCache.Read read = cache.await(portion, taken + batch.capacity(), bound.toNanos());
        if (!read.complete() && read.examples() < taken + batch.capacity()) {
            return NOT_YET;
        }
        int count = (int) Math.min(batch.capacity(), read.examples() - taken);
        batch.begin(count);
        for (int at = 0; at < count; ) {
            int run = copyRun(batch, at, count - at);
            if (run == 0) {
                batch.fill(at, count - at, this::copy);
                run = count - at;
            }
            at += run;
        }
        taken += count;
        ended = read.complete() && taken == read.examples();
        cache.used(portion, block);
        return count;
    }

    private int copyRun(MiniBatch batch, int at, int most) {
        ExampleBlock examples = cache.block(portion, block);
        int run = examples.copyRun(nextExample, most, batch, at);
        advance(examples, run);
        return run;
    }

    private int copy(int row, float[] into) {
        ExampleBlock examples = cache.block(portion, block);
        int example = nextExample;
        examples.copy(example, into);
        advance(examples, 1);
        return examples.label(example);
    }

    private void advance(ExampleBlock examples, int by) {
        nextExample += by;
        if (nextExample == examples.size()) {
            block++;
            nextExample = 0;
        }
    }
}
