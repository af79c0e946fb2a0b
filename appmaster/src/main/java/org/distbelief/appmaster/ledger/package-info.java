/**
 * Which portions of the data were leased to whom and which are done; plain state machines without clock, I/O or
 * threads.
 */
@NullMarked
package org.distbelief.appmaster.ledger;

import org.jspecify.annotations.NullMarked;
