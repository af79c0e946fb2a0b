/** Vectors in HDFS, or in any file system that Hadoop knows: checkpoints and trained models. */
@NullMarked
package org.distbelief.paramserver.hdfs;

import org.jspecify.annotations.NullMarked;
