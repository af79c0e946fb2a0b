/**
 * How a shard's state comes to be on two nodes: what the process that serves tells its standby, when it may acknowledge
 * a push, and who may serve when one of them is gone. The rules are plain Java without a network, a clock or ZooKeeper.
 */
@NullMarked
package org.distbelief.paramserver.standby;

import org.jspecify.annotations.NullMarked;
