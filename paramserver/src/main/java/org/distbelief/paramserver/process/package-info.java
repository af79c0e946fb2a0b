/** A parameter shard as a process of its own: reads its files, registers, serves until it is told to stop. */
@NullMarked
package org.distbelief.paramserver.process;

import org.jspecify.annotations.NullMarked;
