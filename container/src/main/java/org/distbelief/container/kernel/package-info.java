/**
 * The arithmetic of the inner loop on off-heap memory: a plain Java specification and the machine's native library,
 * behind one seam. Everything native stays in this package.
 *
 * <p>Activations are matrices of units x mini-batch, row-major: the examples of a mini-batch lie next to each other
 * (the batch is the innermost dimension), so a region of units is one contiguous piece of memory and a layer's three
 * matrix products are of the kinds that the libraries do best.
 */
@NullMarked
package org.distbelief.container.kernel;

import org.jspecify.annotations.NullMarked;
