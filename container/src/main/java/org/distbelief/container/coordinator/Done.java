package org.distbelief.container.coordinator;

/**
 * A portion that a replica has computed, and keeps apart until it is told whether it counts.
 *
 * @param portion its number in the split
 * @param lossSum sum of its examples' losses, with each example's share of the penalty for the weights' decay; not
 *     finite where it can't be computed at this point, which then is the batch's loss
 * @param examples how many it has
 */
public record Done(int portion, double lossSum, long examples) {}
