/** Downpour SGD on a model replica (paper, section 4.1), and the scoring of held-out data. */
@NullMarked
package org.distbelief.container.downpour;

import org.jspecify.annotations.NullMarked;
