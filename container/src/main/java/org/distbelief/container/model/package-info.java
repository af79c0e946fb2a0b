/** Models: layers bound to shapes, where their parameters lie, what they need, and how a trained one is described. */
@NullMarked
package org.distbelief.container.model;

import org.jspecify.annotations.NullMarked;
