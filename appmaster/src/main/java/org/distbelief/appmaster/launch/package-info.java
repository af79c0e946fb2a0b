/** Command lines and memory of the job's processes, as plain text and numbers. */
@NullMarked
package org.distbelief.appmaster.launch;

import org.jspecify.annotations.NullMarked;
