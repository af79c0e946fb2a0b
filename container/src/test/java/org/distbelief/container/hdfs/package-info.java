/** Tests of trained models in a file system. */
@NullMarked
package org.distbelief.container.hdfs;

import org.jspecify.annotations.NullMarked;
