/** Tests of the master on the wire. */
@NullMarked
package org.distbelief.container.wire;

import org.jspecify.annotations.NullMarked;
