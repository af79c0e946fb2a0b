/** Tests of the arithmetic. */
@NullMarked
package org.distbelief.paramserver.kernel;

import org.jspecify.annotations.NullMarked;
