/** Losses: how wrong a model's outputs are, and the gradient that training starts from. */
@NullMarked
package org.distbelief.container.loss;

import org.jspecify.annotations.NullMarked;
