/** The arithmetic of a shard on off-heap memory: native code where it can be, plain Java as the specification. */
@NullMarked
package org.distbelief.paramserver.kernel;

import org.jspecify.annotations.NullMarked;
