package org.distbelief.container.coordinator;

/**
 * Names one evaluation of a batch: its loss and gradient at one point.
 *
 * @param term of the coordinator that leads it; later coordinators have higher ones
 * @param number within the term, from 1
 */
public record BatchId(long term, long number) {
    @Override
    public String toString() {
        return "batch " + number + " of term " + term;
    }
}
