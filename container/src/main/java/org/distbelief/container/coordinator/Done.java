package org.distbelief.container.coordinator;

/**
 * A portion that a replica has computed, and keeps apart until it is told whether it counts.
 *
 * @param portion its number in the split
 * @param lossSum sum of its examples' losses, with each example's share of the penalty for the weights' decay; not
 *     finite where that, or the gradient of a bundle that it was part of, can't be computed at this point: it is the
 *     batch's loss then, whatever has become of the portion
 * @param examples how many it has
 */
public record Done(int portion, double lossSum, long examples) {}
