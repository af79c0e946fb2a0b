/** How a model is cut over the machines of a replica, and what these tell each other: pure plans, no machines. */
@NullMarked
package org.distbelief.container.partition;

import org.jspecify.annotations.NullMarked;
