/** Simulated: who is there now and who is not is what the simulation is about, so nulls are not checked. */
@NullUnmarked
package org.distbelief.paramserver.standby;

import org.jspecify.annotations.NullUnmarked;
