/** The commands: what users type, checks before anything is submitted, submission, following a job. */
@NullMarked
package org.distbelief.appmaster.submit;

import org.jspecify.annotations.NullMarked;
