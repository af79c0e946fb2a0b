/**
 * Sandblaster's load balancing (paper, section 4.2): who computes which portion of a batch, and which results count.
 * Pure state: the time comes as an argument, vectors are only named.
 */
@NullMarked
package org.distbelief.appmaster.sandblaster;

import org.jspecify.annotations.NullMarked;
