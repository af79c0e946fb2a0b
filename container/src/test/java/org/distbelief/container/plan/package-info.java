/** Tests of what a split model is said to cost. */
@NullMarked
package org.distbelief.container.plan;

import org.jspecify.annotations.NullMarked;
