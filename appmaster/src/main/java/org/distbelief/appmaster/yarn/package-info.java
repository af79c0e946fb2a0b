/** The ApplicationMaster's side of YARN: registration, containers, launch contexts, and the wiring of the job. */
@NullMarked
package org.distbelief.appmaster.yarn;

import org.jspecify.annotations.NullMarked;
