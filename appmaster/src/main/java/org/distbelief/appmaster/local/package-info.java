/**
 * The local cluster: HDFS, YARN and ZooKeeper on one machine, each server a JVM of its own that outlives the command
 * that started it, with the client configuration written where the other commands find it.
 */
@NullMarked
package org.distbelief.appmaster.local;

import org.jspecify.annotations.NullMarked;
