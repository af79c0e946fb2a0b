/** Synthetic raw data, deterministic under a seed, so that everything works with no data set at hand. */
@NullMarked
package org.distbelief.ingest.generate;

import org.jspecify.annotations.NullMarked;
