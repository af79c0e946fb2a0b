/** Operations on the named vectors of all shards, of which the caller sees scalars alone (paper, section 4.2). */
@NullMarked
package org.distbelief.paramserver.algebra;

import org.jspecify.annotations.NullMarked;
