package org.distbelief.container.downpour;

import org.distbelief.container.data.GroupPiece;
import org.distbelief.container.kernel.FloatMemory;

/** The score of an utterance as a whole, gathered frame by frame. */
final class GroupScore {
    private final int states;
    private final int label;
    private final boolean probabilities;
    private final double[] sums;

    /**
     * @param labels number of labels
     * @param states states per label
     * @param label the utterance's only label, or {@link GroupPiece#SEVERAL}
     * @param probabilities whether the frames' scores are probabilities, which are multiplied; others are added
     */
    GroupScore(int labels, int states, int label, boolean probabilities) {
        this.states = states;
        this.label = label;
        this.probabilities = probabilities;
        this.sums = new double[label == GroupPiece.SEVERAL ? 0 : labels];
    }

    /** Adds the frame in a column of the scores, which has {@code columns} of them. */
    void add(FloatMemory scores, int columns, int column) {
        for (int l = 0; l < sums.length; l++) {
            double sum = 0;
            for (int s = 0; s < states; s++) {
                sum += scores.get((l * states + s) * columns + column);
            }
            sums[l] += probabilities ? Math.log(Math.max(sum, Float.MIN_NORMAL)) : sum;
        }
    }

    /** Whether the utterance has one label, and so counts. */
    boolean counts() {
        return label != GroupPiece.SEVERAL;
    }

    /** Whether the likeliest label is the right one. */
    boolean correct() {
        if (label == GroupPiece.SEVERAL) {
            return false;
        }
        int best = 0;
        for (int l = 1; l < sums.length; l++) {
            if (sums[l] > sums[best]) {
                best = l;
            }
        }
        return best == label;
    }
}
