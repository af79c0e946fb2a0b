package org.distbelief.paramserver.bench;

/**
 * Adagrad on many parameters, in nanoseconds for each; medians.
 *
 * @param threads how many threads work
 * @param plain a plain loop over arrays
 * @param inPlace on a shard's kind of memory, with gradients that lie in memory like the loop's
 * @param pushed pushes to a shard in the same process, of as many replicas at once, each checked and logged
 */
public record UpdateFigures(int threads, double plain, double inPlace, double pushed) {}
