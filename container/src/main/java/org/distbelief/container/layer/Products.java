package org.distbelief.container.layer;

import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;

/**
 * The products of a matrix of weights, units x inputs and row-major, with a mini-batch.
 *
 * @param units rows of the weights
 * @param inputs columns of the weights
 */
record Products(Kernels kernels, int units, int inputs) {
    /** out = W x in. */
    void forward(int batch, FloatMemory weights, FloatMemory in, FloatMemory out) {
        kernels.multiply(false, false, units, batch, inputs, 1, weights, inputs, in, batch, 0, out, batch);
    }

    /** inGradient = transposed W x outGradient. */
    void inputGradient(int batch, FloatMemory weights, FloatMemory outGradient, FloatMemory inGradient) {
        kernels.multiply(
                true, false, inputs, batch, units, 1, weights, inputs, outGradient, batch, 0, inGradient, batch);
    }

    /** gradient = scale * outGradient x transposed in, overwritten or added to. */
    void weightGradient(
            int batch, FloatMemory in, FloatMemory outGradient, float scale, boolean add, FloatMemory gradient) {
        kernels.multiply(
                false, true, units, inputs, batch, scale, outGradient, batch, in, batch, add ? 1 : 0, gradient, inputs);
    }
}
