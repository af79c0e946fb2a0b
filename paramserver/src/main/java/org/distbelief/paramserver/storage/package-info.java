/**
 * The format in which vectors are stored, for checkpoints and trained models alike: what its JSON says and how a vector
 * is cut into slices. Plain Java; reading and writing is done elsewhere.
 */
@NullMarked
package org.distbelief.paramserver.storage;

import org.jspecify.annotations.NullMarked;
