/** What a split model costs: memory, work and traffic of each partition of a replica, before anything runs. */
@NullMarked
package org.distbelief.container.plan;

import org.jspecify.annotations.NullMarked;
