package org.distbelief.paramserver.kernel;

import java.util.List;

/**
 * Operations on stretches of vectors. Elements are computed in double and rounded once. All implementations give the
 * same results to the last bit. For any number of threads, each on memory of its own.
 */
@FunctionalInterface
public interface VectorKernels {
    /** Floats of a block. What is added up is added block by block, so that this is part of what a result is. */
    int BLOCK = 4096;

    /**
     * Does steps one after the other, all of them on a block, which stays in a core's cache, before the next block.
     *
     * <p>The products of an inner product are exact in double. Those of a block are added up in sixteen lanes, that of
     * element i in lane i modulo 16, and then the upper half of the lanes is added to the lower one until one is left.
     *
     * @param length floats of each stretch
     * @param sums to the first of them the first step's inner product is added that is one, and so on
     */
    void run(List<VectorStep> steps, int length, double[] sums);
}
