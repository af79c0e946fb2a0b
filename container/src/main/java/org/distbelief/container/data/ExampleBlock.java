package org.distbelief.container.data;

import org.distbelief.container.replica.MiniBatch;

/** Labelled examples that share memory, ready to be copied into a mini-batch. Immutable. */
sealed interface ExampleBlock permits SpeechBlock, ImageBlock {
    /** Number of labelled examples, at least 1. */
    int size();

    /** Bytes of the Java heap that it takes, roughly. */
    long bytes();

    /** The class of an example, as the model numbers them. */
    int label(int example);

    /** Copies an example's inputs, normalised, into an array from index 0 on. */
    void copy(int example, float[] into);

    /**
     * Copies consecutive examples into a mini-batch, where that is faster than one after the other.
     *
     * @param example the first
     * @param most how many at most, at least 1
     * @param at the first one's place in the mini-batch
     * @return how many were copied; 0 where it is not faster
     */
    int copyRun(int example, int most, MiniBatch batch, int at);
}
