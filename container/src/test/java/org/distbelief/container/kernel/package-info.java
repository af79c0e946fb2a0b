/** Tests of the kernels: the specification against arithmetic, the native ones against the specification. */
@NullMarked
package org.distbelief.container.kernel;

import org.jspecify.annotations.NullMarked;
