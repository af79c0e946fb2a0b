package org.distbelief.container.layer;

/**
 * A layer as two that together compute the same. The parameters are those of the one layer, in the same order: first
 * the blocks of {@code sums}, then those of {@code total}.
 *
 * @param sums has a row of units for each region of the input: what the region contributes to each unit of the layer
 * @param total adds the rows up and completes the layer
 */
public record CutByInputs(Layer sums, Layer total) {}
