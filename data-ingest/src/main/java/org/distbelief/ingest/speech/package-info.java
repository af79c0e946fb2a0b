/** Recordings to labelled log filterbank energies; pure computation. */
@NullMarked
package org.distbelief.ingest.speech;

import org.jspecify.annotations.NullMarked;
