/** Whole-system tests: HDFS, YARN and ZooKeeper in this process, containers as real processes of the job jar. */
@NullMarked
package org.distbelief.tests.cluster;

import org.jspecify.annotations.NullMarked;
