/** What the model replicas are told to do and what they have reported: leases, warm start, scores, rates. */
@NullMarked
package org.distbelief.appmaster.work;

import org.jspecify.annotations.NullMarked;
