/** Measures the inner loop on this machine: products, layers, whole training steps. */
@NullMarked
package org.distbelief.container.bench;

import org.jspecify.annotations.NullMarked;
