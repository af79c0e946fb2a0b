package org.distbelief.container.layer;

import org.distbelief.paramserver.Initialisation;

/**
 * A layer's parameters of one kind.
 *
 * @param name unique in the layer, such as {@code weights}
 * @param size number of parameters, at least 1
 * @param initialisation first values
 * @param decay penalty on their size, whose gradient a replica adds; {@link WeightDecay#NONE} for biases
 */
public record LayerBlock(String name, long size, Initialisation initialisation, WeightDecay decay) {
    /** A block without a penalty. */
    public LayerBlock(String name, long size, Initialisation initialisation) {
        this(name, size, initialisation, WeightDecay.NONE);
    }
}
