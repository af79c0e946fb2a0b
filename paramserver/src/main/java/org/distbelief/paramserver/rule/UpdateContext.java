package org.distbelief.paramserver.rule;

/**
 * What a rule may know about the push that it applies.
 *
 * @param version updates that the shard had applied before this one
 * @param staleness how many of them it applied after the replica's fetch; 0 where the replica does not say
 * @param rateFactor what the rule multiplies its learning rate by, as the job's {@link RateSchedule} and
 *     {@link StalenessScaling} say ({@link VersionedRate}); at least 0
 */
public record UpdateContext(long version, long staleness, double rateFactor) {}
