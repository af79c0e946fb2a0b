package org.distbelief.container.master;

/**
 * A training portion that is done: the pushes that hold its examples were acknowledged.
 *
 * @param lease the lease's id
 * @param examples how many examples were trained on
 */
public record Completed(long lease, long examples) {}
