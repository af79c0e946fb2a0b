package org.distbelief.container.replica;

import org.distbelief.container.kernel.FloatMemory;

/**
 * How a model does on a mini-batch.
 *
 * @param lossSum sum of the examples' losses
 * @param correct examples whose most probable class is the right one; of equal ones the first counts
 * @param probabilities output units x examples, row-major; the replica's own memory, valid until its next call
 */
public record Score(double lossSum, int correct, FloatMemory probabilities) {}
