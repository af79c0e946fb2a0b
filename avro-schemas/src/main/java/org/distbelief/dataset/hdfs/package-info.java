/** Reads data sets from Hadoop file systems. */
@NullMarked
package org.distbelief.dataset.hdfs;

import org.jspecify.annotations.NullMarked;
