package org.distbelief.container.layer;

import org.distbelief.paramserver.Initialisation;

/**
 * A layer's parameters of one kind.
 *
 * @param name unique in the layer, such as {@code weights}
 * @param size number of parameters, at least 1
 * @param initialisation first values
 */
public record LayerBlock(String name, long size, Initialisation initialisation) {}
