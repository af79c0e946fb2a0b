/** What a model replica and Sandblaster's coordinator tell each other: pure values and the seam between the two. */
@NullMarked
package org.distbelief.container.coordinator;

import org.jspecify.annotations.NullMarked;
