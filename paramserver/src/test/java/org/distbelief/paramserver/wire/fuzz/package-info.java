/** A shard's process under a storm of malformed messages. */
@NullMarked
package org.distbelief.paramserver.wire.fuzz;

import org.jspecify.annotations.NullMarked;
