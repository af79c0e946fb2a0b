package org.distbelief.container.sandblaster;

import org.distbelief.container.coordinator.Done;
import org.distbelief.container.data.PortionExamples;

/** How far a replica is with a portion. For one thread. */
final class OpenPortion {
    private final PortionExamples examples;
    private double lossSum;
    private int miniBatches;
    private long taken;

    OpenPortion(PortionExamples examples) {
        this.examples = examples;
    }

    PortionExamples examples() {
        return examples;
    }

    int portion() {
        return examples.portion();
    }

    /** What the next mini-batch's noise is drawn from: the batch's noise, the portion and the place in it. */
    long noise(long ofBatch) {
        return mixed(mixed(ofBatch + (portion() + 1) * 0x9e3779b97f4a7c15L) + miniBatches * 0x9e3779b97f4a7c15L);
    }

    private static long mixed(long number) {
        long mixed = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** A mini-batch has been computed. */
    void add(int count, double loss) {
        taken += count;
        lossSum += loss;
        miniBatches++;
    }

    /** Examples that have been computed. */
    long taken() {
        return taken;
    }

    /** Whether nothing more of it need be computed: its last example was, or its loss is no number. */
    boolean ended() {
        return examples.ended() || !Double.isFinite(lossSum);
    }

    /**
     * What it amounts to.
     *
     * @param penalty of each example for the weights
     */
    Done done(double penalty) {
        return new Done(portion(), lossSum + examples.examples() * penalty, examples.examples());
    }

    /** Whether its loss is a number so far. */
    boolean finite() {
        return Double.isFinite(lossSum);
    }
}
