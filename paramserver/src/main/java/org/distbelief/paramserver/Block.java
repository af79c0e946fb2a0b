package org.distbelief.paramserver;

/**
 * A layer's parameters of one kind (a weight matrix, a bias vector).
 *
 * @param name unique in the layout, such as {@code 0.weights}
 * @param range where the block lies in the flat parameter vector
 * @param initialisation first values
 */
public record Block(String name, Range range, Initialisation initialisation) {}
