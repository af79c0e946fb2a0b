/** Measures Sandblaster L-BFGS as a whole, on this machine: {@code bench sandblaster}. */
@NullMarked
package org.distbelief.appmaster.bench;

import org.jspecify.annotations.NullMarked;
