/** The job's files on the cluster's file system: staging directory, checkpoints, model, history. */
@NullMarked
package org.distbelief.appmaster.hdfs;

import org.jspecify.annotations.NullMarked;
