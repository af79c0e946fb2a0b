/** Transport between the partitions of one model replica. */
@NullMarked
package org.distbelief.container.exchange;

import org.jspecify.annotations.NullMarked;
