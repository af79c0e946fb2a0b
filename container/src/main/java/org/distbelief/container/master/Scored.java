package org.distbelief.container.master;

/**
 * An evaluation portion that was scored.
 *
 * @param lease the lease's id
 * @param lossSum sum of the examples' losses
 * @param examples labelled frames or images
 * @param correct those whose most probable class is the right one
 * @param groups utterances of a single label, scored as a whole; 0 for images
 * @param groupsCorrect those whose most probable label is the right one
 */
public record Scored(long lease, double lossSum, long examples, long correct, long groups, long groupsCorrect) {}
