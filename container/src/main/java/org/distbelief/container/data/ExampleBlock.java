package org.distbelief.container.data;

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
}
