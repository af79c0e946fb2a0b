/** Tests of the replica's process. */
@NullMarked
package org.distbelief.container.process;

import org.jspecify.annotations.NullMarked;
