/** Tests of a replica's memory and steps. */
@NullMarked
package org.distbelief.container.replica;

import org.jspecify.annotations.NullMarked;
