package org.distbelief.container.replica;

import org.distbelief.container.kernel.FloatMemory;

/**
 * How a model does on a mini-batch.
 *
 * @param lossSum sum of the examples' losses
 * @param correct examples whose class of the greatest score is the right one; of equal ones the first counts
 * @param scores output units x examples, row-major, as the loss predicts them; the replica's own memory, valid until
 *     its next call
 */
public record Score(double lossSum, int correct, FloatMemory scores) {}
