/** The process of a coordinator's container: arguments, wiring, exit status. */
@NullMarked
package org.distbelief.appmaster.process;

import org.jspecify.annotations.NullMarked;
