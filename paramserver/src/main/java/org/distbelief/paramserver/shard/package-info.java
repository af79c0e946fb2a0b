/**
 * One parameter shard: named vectors in chunks, exactly-once pushes, counters. Plain Java without a server; requests
 * arrive as method calls, whatever carried them here.
 */
@NullMarked
package org.distbelief.paramserver.shard;

import org.jspecify.annotations.NullMarked;
