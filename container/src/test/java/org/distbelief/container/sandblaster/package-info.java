/** Tests of the master on the wire. */
@NullMarked
package org.distbelief.container.sandblaster;

import org.jspecify.annotations.NullMarked;
