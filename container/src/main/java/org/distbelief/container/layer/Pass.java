package org.distbelief.container.layer;

/**
 * What all layers must know about the mini-batch that goes through them. One object serves all steps of a replica, so
 * that a step allocates nothing; its owner sets it before each call of a layer. For one thread.
 */
public final class Pass {
    private int batch;
    private boolean training;
    private long key;

    /**
     * Sets all.
     *
     * @param newBatch number of examples, at least 1
     * @param newTraining whether the step trains; layers that add noise leave it out otherwise
     * @param newKey another one for each step and layer, the same forward and backward; all of a step's randomness
     */
    public void set(int newBatch, boolean newTraining, long newKey) {
        batch = newBatch;
        training = newTraining;
        key = newKey;
    }

    /** Number of examples. */
    public int batch() {
        return batch;
    }

    /** Whether the step trains. */
    public boolean training() {
        return training;
    }

    /** What the step's randomness in this layer is made from. */
    public long key() {
        return key;
    }
}
