/**
 * Limited-memory BFGS on named vectors that lie elsewhere (paper, section 4.2): plain state machines that see scalars
 * alone.
 */
@NullMarked
package org.distbelief.appmaster.lbfgs;

import org.jspecify.annotations.NullMarked;
