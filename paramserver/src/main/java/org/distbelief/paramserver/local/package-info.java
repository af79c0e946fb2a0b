/** Two processes on one node whose bytes go through memory that both have mapped, instead of through sockets. */
@NullMarked
package org.distbelief.paramserver.local;

import org.jspecify.annotations.NullMarked;
