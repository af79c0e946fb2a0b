package org.distbelief.paramserver.storage;

/**
 * How far a shard has applied the pushes of one partition of a model replica.
 *
 * @param replica model replica
 * @param partition partition of the model
 * @param incarnation the highest that the shard has seen
 * @param sequence the last applied push of that incarnation
 * @param applied updates, or parts of them that the partition pushes, of which the last push was applied, over all
 *     incarnations
 */
public record AppliedPushes(int replica, int partition, long incarnation, long sequence, long applied) {}
