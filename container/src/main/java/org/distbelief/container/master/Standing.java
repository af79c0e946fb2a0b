package org.distbelief.container.master;

import java.util.List;

/**
 * What Sandblaster has come to: a leader tells it after each iteration, and its successor goes on from it. The vectors
 * that it names are on the shards, and stay as they are until the next one has been told.
 *
 * @param iteration iterations done
 * @param loss at the point that it has come to, with all penalties
 * @param gradientNorm length of the gradient there
 * @param step how far the last iteration went, as a multiple of its direction; 0 before the first
 * @param evaluations losses and gradients that the last iteration took
 * @param examples examples whose loss and gradient were computed, in all
 * @param vectors the vectors that belong to it; {@code parameters} is one of them
 * @param settled whether {@code parameters} is the point that it has come to
 * @param state the rest, in words of the coordinator's own; small, whatever the size of the model
 */
public record Standing(
        long iteration,
        double loss,
        double gradientNorm,
        double step,
        int evaluations,
        long examples,
        List<String> vectors,
        boolean settled,
        String state) {
    /** Copies the list. */
    public Standing {
        vectors = List.copyOf(vectors);
    }
}
