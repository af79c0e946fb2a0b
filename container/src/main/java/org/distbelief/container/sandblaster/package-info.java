/**
 * Sandblaster L-BFGS on a model replica (paper, section 4.2): loss and gradient of portions, as a coordinator orders.
 */
@NullMarked
package org.distbelief.container.sandblaster;

import org.jspecify.annotations.NullMarked;
