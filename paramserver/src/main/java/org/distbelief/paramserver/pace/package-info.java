/**
 * How far the replicas of a job may run apart, as one shard sees to it: not at all, by so many steps, or as they like.
 * Plain Java without a network; time comes in from outside.
 */
@NullMarked
package org.distbelief.paramserver.pace;

import org.jspecify.annotations.NullMarked;
