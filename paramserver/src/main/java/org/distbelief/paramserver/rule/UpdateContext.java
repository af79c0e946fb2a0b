package org.distbelief.paramserver.rule;

/**
 * What a rule may know about the push that it applies.
 *
 * @param version updates that the shard had applied before this one
 * @param staleness how many of them it applied after the replica's fetch; 0 where the replica does not say
 */
public record UpdateContext(long version, long staleness) {}
