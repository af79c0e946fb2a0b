package org.distbelief.paramserver.shard;

/**
 * A shard's acknowledgement of a push.
 *
 * @param version updates that the shard has applied, this one included
 * @param staleness updates applied between the fetch and this push; 0 for a duplicate or an unknown fetch
 * @param duplicate whether the push had been applied before and was left out now
 */
public record PushReceipt(long version, long staleness, boolean duplicate) {}
