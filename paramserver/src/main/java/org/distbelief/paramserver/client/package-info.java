/**
 * Using the parameter shards: one of them ({@link org.distbelief.paramserver.client.ShardClient}), or all as one vector
 * ({@link org.distbelief.paramserver.client.ShardedParameters}). Knows nothing of what carries the requests.
 */
@NullMarked
package org.distbelief.paramserver.client;

import org.jspecify.annotations.NullMarked;
