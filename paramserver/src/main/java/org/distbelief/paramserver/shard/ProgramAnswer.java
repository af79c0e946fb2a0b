package org.distbelief.paramserver.shard;

import java.util.List;

/**
 * The last program that a shard has run.
 *
 * @param term its coordinator's
 * @param sequence its number within the term
 * @param results of this shard's part of the vectors
 */
public record ProgramAnswer(long term, long sequence, List<Double> results) {
    /** None has been run. */
    public static final ProgramAnswer NONE = new ProgramAnswer(0, 0, List.of());

    /** Copies the list. */
    public ProgramAnswer {
        results = List.copyOf(results);
    }
}
