/** Measures shards: what their transport reaches against bare sockets, and their updates against a plain loop. */
@NullMarked
package org.distbelief.paramserver.bench;

import org.jspecify.annotations.NullMarked;
