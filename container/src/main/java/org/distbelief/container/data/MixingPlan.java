package org.distbelief.container.data;

import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.Split;

/**
 * How many examples a reader keeps.
 *
 * @param miniBatch examples in the largest mini-batch
 * @param mixed examples among which a mini-batch is drawn, unless draining
 * @param ahead examples that are decoded beyond them, so that drawing seldom waits for reading
 */
record MixingPlan(int miniBatch, int mixed, long ahead) {
    private static final int BATCHES_AHEAD = 4;
    private static final int PART_AHEAD = 4;
    private static final double EULER = 0.5772156649;

    /** Bytes around an utterance: objects, array headers, its slot. */
    private static final long GROUP_OVERHEAD = 160;

    /** Bytes around an example: its place in the index of draws, which may be half empty, frame and class. */
    private static final long EXAMPLE_OVERHEAD = 20;

    static MixingPlan of(int shuffle, int miniBatch) {
        if (shuffle < 1 || miniBatch < 1) {
            throw new IllegalArgumentException(
                    "expected shuffle and mini-batch of at least 1, found " + shuffle + " and " + miniBatch);
        }
        int mixed = Math.max(shuffle, miniBatch);
        return new MixingPlan(miniBatch, mixed, Math.max(mixed / PART_AHEAD, (long) BATCHES_AHEAD * miniBatch));
    }

    /** Decoded examples beyond which nothing more is read. */
    long bound() {
        return mixed + ahead;
    }

    /** See {@link PortionReader#heapBytes}. */
    long heapBytes(DatasetManifest manifest, Split split, int context) {
        double records = Math.max(1, split.records());
        if (manifest.kind() == DatasetKind.IMAGES) {
            double perRecord = Math.max(1, split.examples() / records);
            double image = manifest.featureDimension() + GROUP_OVERHEAD + EXAMPLE_OVERHEAD;
            return (long) Math.ceil((bound() + 3 * perRecord) * image);
        }
        double frameBytes = (double) Float.BYTES * manifest.featureDimension();
        double labelled = Math.max(1, split.examples() / records);
        double frames = Math.max(labelled, storedFrames(split, frameBytes) / records);
        double utterance = (frames + 2 * context) * frameBytes + labelled * EXAMPLE_OVERHEAD + GROUP_OVERHEAD;
        double kept = mixed * (Math.log(labelled) + EULER + 1 / (2 * labelled));
        return (long) Math.ceil(((kept + ahead) / labelled + 3) * utterance);
    }

    /** All frames of the split, labelled or not, by the length of its files; too few where these are compressed. */
    private static double storedFrames(Split split, double frameBytes) {
        double bytes =
                split.portions().stream().mapToLong(portion -> portion.length()).sum();
        return bytes / (frameBytes + Integer.BYTES);
    }
}
