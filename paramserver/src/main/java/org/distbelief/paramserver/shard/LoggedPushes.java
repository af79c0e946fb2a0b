package org.distbelief.paramserver.shard;

import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * What a shard remembers of the pushes of one partition of a replica.
 *
 * @param last how far they have been applied
 * @param mayJump whether pushes may be missing before the next one: those that a restored checkpoint does not contain
 * @param late whether a part of the update under way came too late to count
 * @param dropped which of the last 64 pushes did not count, the last one in the lowest bit
 */
public record LoggedPushes(AppliedPushes last, boolean mayJump, boolean late, long dropped) {}
