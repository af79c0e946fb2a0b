/** Contract of all losses. */
@NullMarked
package org.distbelief.container.loss;

import org.jspecify.annotations.NullMarked;
