/**
 * The words that the parameter server and its users share: ranges of the flat parameter vector, the layout of a model's
 * parameters, which shard holds what, and a replica's own parameter memory. Plain Java, no I/O.
 */
@NullMarked
package org.distbelief.paramserver;

import org.jspecify.annotations.NullMarked;
