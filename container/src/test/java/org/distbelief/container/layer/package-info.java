/** Contract of all layers. */
@NullMarked
package org.distbelief.container.layer;

import org.jspecify.annotations.NullMarked;
