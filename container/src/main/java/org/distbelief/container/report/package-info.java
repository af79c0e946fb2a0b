/** A replica's conversation with the ApplicationMaster: what it holds and has done, told at least every second. */
@NullMarked
package org.distbelief.container.report;

import org.jspecify.annotations.NullMarked;
