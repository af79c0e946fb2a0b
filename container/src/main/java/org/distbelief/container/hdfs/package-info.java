/** Trained models in Hadoop file systems. */
@NullMarked
package org.distbelief.container.hdfs;

import org.jspecify.annotations.NullMarked;
