package org.distbelief.container.downpour;

import org.distbelief.container.data.GroupPiece;
import org.distbelief.container.kernel.FloatMemory;

/** The score of an utterance as a whole, gathered frame by frame. */
final class GroupScore {
    private final int states;
    private final int label;
    private final double[] logs;

    /**
     * @param labels number of labels
     * @param states states per label
     * @param label the utterance's only label, or {@link GroupPiece#SEVERAL}
     */
    GroupScore(int labels, int states, int label) {
        this.states = states;
        this.label = label;
        this.logs = new double[label == GroupPiece.SEVERAL ? 0 : labels];
    }

    /** Adds the frame in a column of the probabilities, which has {@code columns} of them. */
    void add(FloatMemory probabilities, int columns, int column) {
        for (int l = 0; l < logs.length; l++) {
            double sum = 0;
            for (int s = 0; s < states; s++) {
                sum += probabilities.get((l * states + s) * columns + column);
            }
            logs[l] += Math.log(Math.max(sum, Float.MIN_NORMAL));
        }
    }

    /** Whether the utterance has one label, and so counts. */
    boolean counts() {
        return label != GroupPiece.SEVERAL;
    }

    /** Whether the most probable label is the right one. */
    boolean correct() {
        if (label == GroupPiece.SEVERAL) {
            return false;
        }
        int best = 0;
        for (int l = 1; l < logs.length; l++) {
            if (logs[l] > logs[best]) {
                best = l;
            }
        }
        return best == label;
    }
}
