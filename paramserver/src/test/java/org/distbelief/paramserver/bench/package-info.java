/** Measurements of one shard, run by hand. */
@NullMarked
package org.distbelief.paramserver.bench;

import org.jspecify.annotations.NullMarked;
