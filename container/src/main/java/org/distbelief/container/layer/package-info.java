/**
 * Layers: what they compute, region by region, and the parameters they need for it. They know nothing of machines: a
 * layer says which region of its input a region of its output needs, and computes one output region from it.
 */
@NullMarked
package org.distbelief.container.layer;

import org.jspecify.annotations.NullMarked;
