/** Who of the job runs where: container events in, actions out; a state machine without clock, I/O or threads. */
@NullMarked
package org.distbelief.appmaster.roster;

import org.jspecify.annotations.NullMarked;
