/** Pictures to batches of scaled RGB pixels; pure computation. */
@NullMarked
package org.distbelief.ingest.image;

import org.jspecify.annotations.NullMarked;
