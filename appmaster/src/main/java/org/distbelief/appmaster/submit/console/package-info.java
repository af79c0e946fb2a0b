/**
 * A job's snapshot as text for people at a terminal: one live line while it runs, a summary when it has ended, and the
 * long form for {@code status}. Nothing here knows where snapshots come from.
 */
@NullMarked
package org.distbelief.appmaster.submit.console;

import org.jspecify.annotations.NullMarked;
