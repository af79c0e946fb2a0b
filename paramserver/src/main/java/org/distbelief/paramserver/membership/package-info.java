/**
 * Who is there: shards and the ApplicationMaster register in ZooKeeper as ephemeral nodes, each life with a higher
 * number than the one before, and are found there.
 */
@NullMarked
package org.distbelief.paramserver.membership;

import org.jspecify.annotations.NullMarked;
