package org.distbelief.appmaster.work;

import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.distbelief.container.master.Scored;

/**
 * Scores of held-out portions, added up.
 *
 * @param lossSum loss over all examples
 * @param examples examples scored
 * @param correct examples whose most probable class is right
 * @param groups utterances with a single label
 * @param groupsCorrect utterances whose most probable label is right
 */
public record ScoreSum(double lossSum, long examples, long correct, long groups, long groupsCorrect) {
    /** Nothing scored yet. */
    public static final ScoreSum NONE = new ScoreSum(0, 0, 0, 0, 0);

    /** This and one more portion. */
    public ScoreSum plus(Scored s) {
        return new ScoreSum(
                lossSum + s.lossSum(),
                examples + s.examples(),
                correct + s.correct(),
                groups + s.groups(),
                groupsCorrect + s.groupsCorrect());
    }

    /** The means, for display. */
    public EvaluationRow row(String split) {
        return new EvaluationRow(
                split,
                examples,
                examples == 0 ? 0 : lossSum / examples,
                examples == 0 ? 0 : (double) correct / examples,
                groups,
                groups == 0 ? 0 : (double) groupsCorrect / groups);
    }
}
