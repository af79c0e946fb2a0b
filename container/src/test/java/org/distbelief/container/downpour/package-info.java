/** Tests of Downpour workers, whole and in parts. */
@NullMarked
package org.distbelief.container.downpour;

import org.jspecify.annotations.NullMarked;
