package org.distbelief.container.data;

/**
 * Consecutive examples of a mini-batch that come from one utterance.
 *
 * @param from first example
 * @param to the example after the last one, more than {@code from}
 * @param last whether the utterance ends here; if not, it goes on with the first example of the next mini-batch
 * @param label index of the utterance's only label in the model's labels, or {@link #SEVERAL}
 */
public record GroupPiece(int from, int to, boolean last, int label) {
    /** In place of a label: the utterance's frames have different labels. */
    public static final int SEVERAL = -1;
}
