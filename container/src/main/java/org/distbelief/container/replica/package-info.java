/** A model replica: the memory of its parameters and gradients, and the computation of a step. */
@NullMarked
package org.distbelief.container.replica;

import org.jspecify.annotations.NullMarked;
