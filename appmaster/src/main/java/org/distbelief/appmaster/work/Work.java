package org.distbelief.appmaster.work;

import org.jspecify.annotations.Nullable;

/**
 * What an application is to do, as the client tells its ApplicationMaster; JSON friendly.
 *
 * @param kind train or evaluate
 * @param output directory for model, checkpoints and history (train), or for the history of the evaluation
 * @param data directory of the data set
 * @param model directory of the model to evaluate; null when training
 * @param resume name of the checkpoint below {@code output} to go on from; null to begin anew
 */
public record Work(
        Kind kind,
        String output,
        String data,
        @Nullable String model,
        @Nullable String resume) {
    /** Kinds of applications. */
    public enum Kind {
        /** Trains a model. */
        TRAIN("train"),
        /** Scores a trained model. */
        EVALUATE("evaluate");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The kind's name for people and command lines. */
        public String word() {
            return word;
        }
    }
}
