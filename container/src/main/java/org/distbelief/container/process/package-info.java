/** The process of a model replica's container: arguments, wiring, exit status. */
@NullMarked
package org.distbelief.container.process;

import org.jspecify.annotations.NullMarked;
