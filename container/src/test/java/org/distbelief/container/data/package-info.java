/** Tests of the way from portions to mini-batches. */
@NullMarked
package org.distbelief.container.data;

import org.jspecify.annotations.NullMarked;
