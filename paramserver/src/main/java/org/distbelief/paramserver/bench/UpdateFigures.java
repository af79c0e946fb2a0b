package org.distbelief.paramserver.bench;

/**
 * Adagrad on many parameters, in nanoseconds for each; medians.
 *
 * @param threads how many threads work
 * @param plain a plain loop over arrays
 * @param shard pushes to a shard in the same process
 */
public record UpdateFigures(int threads, double plain, double shard) {}
