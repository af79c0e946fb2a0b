/** How busy a shard is and how long requests take there, in figures that cost next to nothing to keep. */
@NullMarked
package org.distbelief.paramserver.load;

import org.jspecify.annotations.NullMarked;
