/** Raw files and the formats that decode them: the open seam for new raw formats. */
@NullMarked
package org.distbelief.ingest.raw;

import org.jspecify.annotations.NullMarked;
